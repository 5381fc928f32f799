// Makes elements. Text goes in as text, never as markup.

export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && typeof value !== "string") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export const show = (place, ...children) => place.replaceChildren(...children.flat().filter(Boolean));

let teller;
// Said to who hears the page as well as shown to who sees it.
export function tell(words) {
  teller ??= document.getElementById("told");
  teller.textContent = words;
}

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

// A code that its trade knows is shown (K2); an id of our own is not.
export const isCode = (competency) => /^[A-Z]/.test(competency);

export function day(moment) {
  return new Date(moment).toLocaleDateString(undefined, { day: "numeric", month: "short" });
}

// A calendar day, with its year, wherever it is read.
export function date(written) {
  return new Date(`${written}T12:00`).toLocaleDateString(undefined, { day: "numeric", month: "long", year: "numeric" });
}

export function when(moment) {
  return new Date(moment).toLocaleString(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}
