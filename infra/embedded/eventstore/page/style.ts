/** The only thing the page loads. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1d2433; --soft: #5b6474; --line: #dfe3ea; --paper: #f6f7f9;
  --card: #fff; --accent: #2456c7; --warn: #a8480b; --mono: ui-monospace, 'SF Mono', Menlo, Consolas, monospace; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ef; --soft: #98a2b3; --line: #2c3442; --paper: #12161d;
  --card: #1a202a; --accent: #8ab0ff; --warn: #f0a468; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header { background: var(--card); border-bottom: 1px solid var(--line); }
header > div, main { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
header > div { display: flex; gap: 1.5rem; align-items: baseline; padding-block: .8rem; flex-wrap: wrap; }
header strong { font-size: 1.05rem; letter-spacing: -.01em; }
header span { margin-left: auto; color: var(--soft); font-size: .85rem; }
main { padding-block: 1.5rem 4rem; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
a:focus-visible, input:focus-visible, button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
h1 { font-size: 1.35rem; letter-spacing: -.015em; margin: 0 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 2rem 0 .6rem; }
p.quiet, td.quiet { color: var(--soft); }
dl.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .8rem; margin: 0; }
dl.numbers div { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem; }
dl.numbers dt { color: var(--soft); font-size: .82rem; }
dl.numbers dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
.sheet { background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .45rem .9rem; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child > * { border-bottom: 0; }
th { color: var(--soft); font-weight: 500; font-size: .82rem; white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.name { overflow-wrap: anywhere; }
.mark { color: var(--warn); font-size: .8rem; }
pre { margin: 0; padding: 1rem; font: 13px/1.55 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; }
nav.pages { display: flex; gap: 1rem; margin-top: 1rem; }
form { display: flex; gap: .6rem; margin-bottom: 1rem; align-items: center; flex-wrap: wrap; }
input[type=search] { flex: 1 1 16rem; }
input[type=search], button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
  border-radius: 8px; padding: .4rem .7rem; }
button { cursor: pointer; }
`;
