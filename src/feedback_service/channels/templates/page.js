// Two comforts, neither needed: a page taken out of the back/forward cache forgets what was typed, and
// the quick exit leaves no way back to this page.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) form.reset();
});
document.getElementById("exit").addEventListener("click", (event) => {
  event.preventDefault();
  location.replace(event.currentTarget.href);
});
