/** The console's only stylesheet. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f4f5f8; --panel: #fff; --text: #1b2130; --soft: #566072; --line: #e2e5ec;
  --accent: #2353c9; --accent-text: #fff; --ok: #12704a; --ok-bg: #e2f5ec; --busy: #875400; --busy-bg: #fdf1d9;
  --bad: #b3261e; --bad-bg: #fdeceb; --plain-bg: #eceef3; --hover: #f7f8fb; --shadow: 0 1px 2px #1b213012, 0 4px 16px #1b21300a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10131a; --panel: #181c25; --text: #e7eaf1; --soft: #a2abbd; --line: #2a303d;
    --accent: #8fb0ff; --accent-text: #10131a; --ok: #7ddcb0; --ok-bg: #12352a; --busy: #f2c46d; --busy-bg: #3a2c10;
    --bad: #ff9a92; --bad-bg: #431c1b; --plain-bg: #262c39; --hover: #1e2330; --shadow: none;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
}
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--panel); padding: .5rem 1rem; z-index: 1; }
header, main { max-width: 76rem; margin: 0 auto; padding: 0 1.5rem; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center; padding-top: 2rem; padding-bottom: 1.25rem; }
header div { flex: 1 1 20rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 1.05rem; margin: 0 0 .85rem; }
h3 { font-size: .95rem; margin: 1.5rem 0 .25rem; }
h3:first-child { margin-top: 0; }
p { margin: 0 0 .75rem; } header p { margin: .15rem 0 0; color: var(--soft); }
.soft { color: var(--soft); } .small { font-size: .87rem; }
.live { display: inline-flex; gap: .5rem; align-items: center; font-size: .87rem; color: var(--soft); }
.live::before { content: ""; width: .6rem; height: .6rem; border-radius: 50%; background: var(--ok); }
.live.lost { color: var(--bad); } .live.lost::before { background: var(--bad); }
main { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1.25rem; padding-bottom: 3rem; }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem 1.35rem; box-shadow: var(--shadow); min-width: 0; }
.wide { grid-column: 1 / -1; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .3rem 1.25rem; margin: 0 0 1rem; }
dt { color: var(--soft); } dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
form + .row, .row + form, .list + form { margin-top: .85rem; }
.panel > :last-child, .panel > div > :last-child { margin-bottom: 0; }
label { color: var(--soft); font-size: .87rem; }
button, input, select {
  font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line); border-radius: 8px;
  padding: .3rem .8rem; min-height: 2.2rem; max-width: 100%;
}
input[type=number] { width: 6.5rem; }
select { flex: 1 1 9rem; min-width: 0; }
.list .row { flex-wrap: nowrap; }
button { cursor: pointer; font-weight: 500; }
button:hover { background: var(--hover); border-color: var(--soft); }
button.quiet { min-height: 1.9rem; padding: .1rem .65rem; font-size: .87rem; white-space: nowrap; }
button.strong { background: var(--accent); border-color: var(--accent); color: var(--accent-text); }
.list { list-style: none; margin: 0; padding: 0; }
.list li { display: flex; gap: .75rem; align-items: center; justify-content: space-between; padding: .5rem 0; border-top: 1px solid var(--line); }
.list li:first-child { border-top: 0; padding-top: 0; }
.list strong { font-weight: 600; }
.pill { display: inline-block; font-size: .8rem; line-height: 1.45; padding: .02rem .55rem; border-radius: 99px; background: var(--plain-bg); color: var(--soft); white-space: nowrap; }
.pill.ok { background: var(--ok-bg); color: var(--ok); } .pill.busy { background: var(--busy-bg); color: var(--busy); } .pill.bad { background: var(--bad-bg); color: var(--bad); }
.scroll { overflow: auto; margin: 0 -.35rem; padding: 0 .35rem; }
.tall { max-height: 26rem; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
caption { text-align: left; color: var(--soft); font-size: .87rem; padding-bottom: .35rem; }
caption.title { color: var(--text); font-size: .95rem; font-weight: 600; padding: 0 0 .35rem; }
th { text-align: left; font-weight: 500; font-size: .8rem; color: var(--soft); padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
td { padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
tr:last-child td { border-bottom: 0; }
td.tight { white-space: nowrap; } td:last-child, th:last-child { padding-right: 0; }
.tall thead th { position: sticky; top: 0; background: var(--panel); }
code, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .86em; }
pre { margin: 0; padding: .7rem .9rem; background: var(--page); border: 1px solid var(--line); border-radius: 8px; overflow: auto; font-size: .86rem; }
.name { display: block; font-weight: 500; } .name + .mono { color: var(--soft); }
table.resources { table-layout: fixed; }
.resources th:nth-child(1) { width: 24%; } .resources th:nth-child(2) { width: 25%; } .resources th:nth-child(3) { width: 10%; } .resources th:nth-child(4) { width: 10%; }
.resources .soft { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
#clock + form { margin-top: 1rem; }
code { white-space: nowrap; } pre code { white-space: inherit; } .scroll + p { margin-top: 1rem; }
.products { display: grid; gap: 1.75rem; }
.message { min-height: 1.5em; margin: .6rem 0 0; font-size: .87rem; color: var(--soft); } .message.bad { color: var(--bad); }
.message:empty { display: none; }
@media (max-width: 46rem) {
  header, main { padding-left: 1rem; padding-right: 1rem; }
  header { padding-top: 1.25rem; }
  main { grid-template-columns: minmax(0, 1fr); gap: 1rem; }
  .panel { padding: 1rem; }
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  table, tbody, tr, td, caption { display: block; }
  tr { padding: .6rem 0; border-bottom: 1px solid var(--line); } tr:last-child { border-bottom: 0; }
  td, td.tight { border: 0; padding: .1rem 0; white-space: normal; }
  td:empty { display: none; }
  .resources tr, .calls tr { display: grid; gap: 0 .75rem; align-items: baseline; }
  .resources tr { grid-template: "resource state" "id region" "details details" / minmax(0, 1fr) auto; }
  .calls tr { grid-template: "operation operation operation status" "time product region duration" / auto auto minmax(0, 1fr) auto; }
  .resources td, .calls td { grid-area: var(--cell); }
  .resources td:nth-child(n + 2), .calls td:nth-child(n) { font-size: .85rem; }
  .calls td:nth-child(3) { font-size: .9rem; font-weight: 500; }
  .resources td:nth-child(1) { --cell: resource; } .resources td:nth-child(2) { --cell: id; } .resources td:nth-child(3) { --cell: region; }
  .resources td:nth-child(4) { --cell: state; justify-self: end; } .resources td:nth-child(5) { --cell: details; color: var(--soft); }
  .calls td:nth-child(1) { --cell: time; } .calls td:nth-child(2) { --cell: product; } .calls td:nth-child(3) { --cell: operation; }
  .calls td:nth-child(4) { --cell: region; } .calls td:nth-child(5) { --cell: status; justify-self: end; } .calls td:nth-child(6) { --cell: duration; justify-self: end; }
}
`;
