import sys; sys.path.insert(0,"/work/main/tests")
from test_who_may_what import *
import test_who_may_what as w
for n in [n for n in dir() if n.startswith("test_")]:
    del globals()[n]
def test_mine(browser, things):
    rows=w.read_table(); wrong=[]
    routes=[r for r in w.all_routes() if re.search(r"facilitate/(marking|observations|practicals)|me/practical/|assessments/(practical|extratime)", r)]
    assert len(routes) > 15
    for place, person in enumerate(w.PEOPLE):
        client=browser(person); client.raise_request_exception=False
        for route in routes:
            path=w.path_to(route, things)
            if resolve(f"/{path}").route != route: wrong.append(f"ROUTE {route} {path}"); continue
            row=w.row_for(route, rows)
            for method in ("GET","POST"):
                expected=rows[row][method][place] if row else "?"
                found=w.letter(w.ask(client, method, path), path.startswith("admin/"))
                if found!=expected: wrong.append(f"{person} {method} {route}: {found} instead of {expected} ({row})")
    open("/tmp/mine-wrong.txt","w").write("\n".join(wrong))
    assert wrong == []
