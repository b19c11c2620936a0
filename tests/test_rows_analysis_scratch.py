from tests.test_who_may_what import *
@pytest.mark.parametrize("person", PEOPLE)
def test_rows(person, browser, things):
    rows, place = read_table(), PEOPLE.index(person)
    client = browser(person); client.raise_request_exception=False
    wrong=[]
    for route in all_routes():
        if "/analysis/" not in route: continue
        path=path_to(route, things)
        assert resolve(f"/{path}").route == route
        for m in ("GET","POST"):
            found=letter(ask(client,m,path),True)
            if found!=row_for(route,rows) and found!=rows[row_for(route,rows)][m][place]: wrong.append((m,route,found))
    assert wrong==[]
