// A secret row of five pictures: one grid to touch five times, instead of five grids below one another.

function slots(count) {
  const list = document.createElement("ol");
  list.className = "picture-row";
  for (let number = 1; number <= count; number += 1) {
    const slot = document.createElement("li");
    slot.textContent = String(number);
    list.append(slot);
  }
  return list;
}

function wire(box) {
  const rows = [...box.querySelectorAll("[data-picture-row]")];
  const label = document.createElement("p");
  label.className = "field__help";
  label.textContent = box.dataset.label;
  const list = slots(rows.length);
  box.prepend(label, list);
  const chosen = () => rows.map((row) => row.querySelector("input:checked"));
  const show = () => {
    const now = chosen().findIndex((input) => !input);
    rows.forEach((row, place) => {
      row.hidden = place !== (now === -1 ? rows.length - 1 : now);
    });
    chosen().forEach((input, place) => {
      const slot = list.children[place];
      slot.replaceChildren(input ? input.closest("label").querySelector("img").cloneNode() : String(place + 1));
    });
  };
  box.addEventListener("change", show);
  list.addEventListener("click", () => {
    for (const input of chosen()) if (input) input.checked = false;
    show();
  });
  show();
}

/** Turn the rows of pictures of this page into one grid each time. */
export function start(page) {
  for (const box of page.querySelectorAll("[data-picture-secret]")) wire(box);
}
