// The style sheet of a page: serif text in a narrow column, ruled tables, figures; light, dark and paper.
#pragma once
#include <string_view>

namespace arcuate {

inline constexpr std::string_view page_style = R"css(
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1b1b1b; --muted: #5c5c5c; --rule: #d9d9d9; --link: #00558a;
  --warning: #a33f00; --warning-paper: #fff3ea;
  --serif: Charter, "Bitstream Charter", "Sitka Text", Cambria, "Times New Roman", "Liberation Serif", serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #16181b; --ink: #e4e4e1; --muted: #a3a39e; --rule: #3a3d42; --link: #7fbfe8;
    --warning: #ff9a5c; --warning-paper: #33221a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.55 var(--serif); }
.page { max-width: 52rem; margin: 0 auto; padding: 3rem 1.25rem 4rem; overflow-wrap: break-word; }
h1, h2 { line-height: 1.2; font-weight: 600; text-wrap: balance; }
h1 { margin: 0; font-size: 2rem; letter-spacing: -0.01em; }
h2 { margin: 3rem 0 0.75rem; font-size: 1.375rem; }
p { max-width: 42rem; margin: 0.75rem 0; hyphens: auto; }
a { color: var(--link); text-underline-offset: 0.15em; }
.subtitle { margin: 0.5rem 0 0; color: var(--muted); font-size: 1.125rem; line-height: 1.4; }
header { padding-bottom: 1.25rem; border-bottom: 2px solid var(--ink); }
.simulated {
  max-width: none; margin: 1.25rem 0 0; padding: 0.75rem 1rem; border-left: 5px solid var(--warning);
  background: var(--warning-paper); font: 0.9375rem/1.45 var(--sans); hyphens: manual;
}
.simulated strong, .mark { color: var(--warning); font-weight: 700; }
nav { margin-top: 1.5rem; font: 0.9375rem/1.6 var(--sans); }
nav ol { margin: 0; padding-left: 1.5rem; columns: 2 16rem; column-gap: 2rem; }
figure { margin: 1.75rem 0; }
figcaption { max-width: 48rem; font: 0.875rem/1.45 var(--sans); }
figure.table { width: fit-content; max-width: 100%; }
figure.table figcaption { margin-bottom: 0.5rem; }
figure.chart figcaption { margin-top: 0.5rem; }
.scroll { overflow: auto; }
.chart svg { display: block; width: 100%; min-width: 26rem; max-width: 48rem; height: auto; }
.chart img { display: block; width: 100%; min-width: 26rem; height: auto; border-radius: 4px; }
pre {
  overflow: auto; max-height: 30rem; margin: 1rem 0; padding: 0.75rem 1rem; background: color-mix(in srgb, var(--ink) 6%, var(--paper));
  font: 0.8125rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; border-radius: 4px;
}
.table .scroll { max-height: 36rem; border: solid var(--ink); border-width: 2px 0; }
table { width: max-content; border-collapse: separate; border-spacing: 0; font: 0.875rem/1.35 var(--sans); }
th, td { max-width: 24rem; padding: 0.3rem 0.75rem; text-align: left; vertical-align: baseline; }
th {
  position: sticky; top: 0; z-index: 1; background: var(--paper); border-bottom: 1px solid var(--ink);
  font-weight: 600; vertical-align: bottom;
}
td { border-bottom: 1px solid var(--rule); }
tbody tr:last-child td { border-bottom: 0; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums lining-nums; }
th.number { max-width: 8rem; white-space: normal; }
.absent { color: var(--muted); }
@media (min-width: 40rem) {
  th:first-child, td:first-child { position: sticky; left: 0; background: var(--paper); max-width: 20rem; }
  th:first-child { z-index: 2; }
}
footer {
  margin-top: 4rem; padding-top: 0.75rem; border-top: 1px solid var(--rule); color: var(--muted);
  font: 0.8125rem/1.5 var(--sans);
}
@media (max-width: 40rem) {
  .page { padding: 1.5rem 1rem 2.5rem; }
  h1 { font-size: 1.625rem; }
  th, td { padding: 0.3rem 0.5rem; }
}
@page { margin: 18mm 16mm; }
@media print {
  body { font-size: 10.5pt; }
  .page { max-width: none; padding: 0; }
  nav { display: none; }
  h2 { break-after: avoid; }
  figure.chart, tr { break-inside: avoid; }
  figcaption { break-after: avoid; }
  figure.chart figcaption { break-before: avoid; }
  .chart img { display: block; width: 100%; min-width: 26rem; height: auto; border-radius: 4px; }
pre {
  overflow: auto; max-height: 30rem; margin: 1rem 0; padding: 0.75rem 1rem; background: color-mix(in srgb, var(--ink) 6%, var(--paper));
  font: 0.8125rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; border-radius: 4px;
}
.table .scroll { max-height: none; overflow: visible; }
  table { font-size: 8pt; }
  th, td, th:first-child, td:first-child { position: static; padding: 0.15rem 0.4rem; background: none; }
  .simulated { border: 1.5pt solid; }
}
)css";

}  // namespace arcuate
