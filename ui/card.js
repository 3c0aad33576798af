// A card is finished text; this puts it in place, shows the words of a point to a pointer, a finger or the arrow keys, and passes on what is asked.
export default function ({ data, parentElement, setTriggerValue }) {
  let card = parentElement.querySelector(":scope > .dq-card");
  if (!card) {
    card = document.createElement("article");
    card.className = "dq-card";
    parentElement.appendChild(card);
  }
  card.ask = (name) => setTriggerValue("act", name);
  if (card.held === data.html) return;
  card.held = data.html;
  card.innerHTML = data.html;
  const said = card.appendChild(document.createElement("div"));
  said.className = "dq-said";
  said.setAttribute("role", "status");

  for (const point of card.querySelectorAll(".point")) {
    const title = point.querySelector("title");
    point.words = title.textContent;
    title.remove(); // or the browser shows it a second time
  }

  let current = null;
  const show = (point, x, y) => {
    if (current) current.classList.remove("dq-on");
    current = point;
    said.textContent = point ? point.words : "";
    if (!point) return;
    point.classList.add("dq-on");
    const room = card.getBoundingClientRect();
    said.style.left = Math.max(4, Math.min(x - room.left + 12, room.width - said.offsetWidth - 4)) + "px";
    said.style.top = Math.max(4, y - room.top - said.offsetHeight - 12) + "px";
  };
  const follow = (event) => show(event.target.closest(".point"), event.clientX, event.clientY);
  card.onpointermove = follow;
  card.onpointerdown = follow;
  card.onpointerleave = () => show(null);
  card.onclick = (event) => {
    const asked = event.target.closest("[data-act]");
    if (asked) card.ask(asked.dataset.act);
  };
  for (const svg of card.querySelectorAll("svg")) {
    svg.tabIndex = 0;
    svg.onblur = () => show(null);
    svg.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") show(null);
      if (!step) return;
      event.preventDefault();
      const points = [...svg.querySelectorAll(".point")];
      const at = points.indexOf(current);
      const next = points[at < 0 ? (step > 0 ? 0 : points.length - 1) : (at + step + points.length) % points.length];
      if (!next) return;
      const box = next.getBoundingClientRect();
      show(next, box.left + box.width / 2, box.top + Math.min(box.height / 2, 60));
    };
  }
}
