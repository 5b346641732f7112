/** The style sheet of a report. */

/** The style sheet, as it stands in the page; its hash is in the page's policy. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #222; --soft: #5a5a5a; --line: #dcdcdc; --blue: #0072b2;
  --page: #f6f6f4; --card: #fff; --edge: #8a8a8a;
  --hit: #e3f1f9; --miss: #fdeee2; --warn: #fdf1e4; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e8e8e6; --soft: #b0b0ac; --line: #3d3d3a; --blue: #6ab8e6; --page: #161615;
    --card: #222220; --edge: #8a8a86; --hit: #163a50; --miss: #50300f; --warn: #3c2a14; }
  .figure { background: #fff; border-radius: 6px; padding: .4rem; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", Helvetica, Arial, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 0 0 .6rem; }
p { margin: 0 0 .6rem; }
.facts { color: var(--soft); margin-bottom: 1.5rem; overflow-wrap: anywhere; }
.grid { display: grid; grid-template-columns: repeat(12, 1fr); gap: 1rem; }
section { grid-column: span 12; background: var(--card); border: 1px solid var(--line);
  border-radius: 8px; padding: 1rem 1.25rem 1.1rem; min-width: 0; }
section.half { grid-column: span 6; }
section.wide { grid-column: span 8; }
section.slim { grid-column: span 4; }
img { display: block; width: 100%; height: auto; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: .3rem; }
th, td { padding: .3rem .6rem .3rem 0; text-align: left; border-bottom: 1px solid var(--line); }
th { font-weight: 600; } thead th { color: var(--soft); font-size: .9rem; }
tbody th, th.name { overflow-wrap: anywhere; min-width: 2.4rem; }
td.number, th.number { text-align: right; }
tr:last-child > td, tr:last-child > th { border-bottom: 0; }
td.hit { background: var(--hit); font-weight: 600; } td.miss { background: var(--miss); }
code, pre { font: .88rem/1.5 ui-monospace, "SFMono-Regular", Consolas, "DejaVu Sans Mono", monospace; }
pre { margin: 0 0 .6rem; padding: .7rem .9rem; background: var(--page); border-radius: 6px;
  white-space: pre-wrap; }
pre span { display: inline-block; max-width: 100%; overflow-wrap: anywhere; }
.scroll + .note { margin-top: .6rem; }
.note { color: var(--soft); font-size: .92rem; }
label { display: block; font-size: .92rem; color: var(--soft); margin-bottom: .7rem;
  overflow-wrap: anywhere; }
input, select { display: block; width: 100%; margin-top: .15rem; padding: .45rem .6rem;
  font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--edge);
  border-radius: 6px; }
input:focus-visible, select:focus-visible { outline: 3px solid #9bd0ee; border-color: var(--blue); }
.many { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: 0 1rem;
  align-items: end; }
output { display: block; border-top: 1px solid var(--line); padding-top: .7rem; }
output b { font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.answer { margin-bottom: .3rem; overflow-wrap: anywhere; }
.outside { margin: .5rem 0 0; padding: .5rem .75rem; background: var(--warn);
  border-left: 4px solid #d55e00; font-size: .92rem; }
:is(td, th) + .number { padding-left: .6rem; padding-right: .35rem; }
.number + :not(.number) { padding-left: 1.2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .8rem 0 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 52rem) { section.half, section.wide, section.slim { grid-column: span 12; } }
@media (max-width: 34rem) {
  main { padding: 1.1rem .7rem 2rem; } section { padding: .8rem .85rem; }
  table { font-size: .84rem; } th, td { padding-right: .25rem; }
  :is(td, th) + .number { padding-left: .3rem; padding-right: .2rem; }
  .number + :not(.number) { padding-left: .5rem; }
}
@media print {
  body { background: #fff; } section { break-inside: avoid; } .live { display: none; }
}
`;
