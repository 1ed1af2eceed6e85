import { createEffect, type JSX, onCleanup, onMount } from "solid-js";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export interface GraphLine {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** A custom property of the page. */
  readonly color: string;
}

/** A small live graph; its last values are in its heading, for eyes and readers. */
export function StatGraph(props: {
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly GraphLine[];
  readonly format: (value: number) => string;
}): JSX.Element {
  let holder!: HTMLDivElement;
  const latest = (): string =>
    props.lines
      .map(({ name, values }) => {
        const value = values.at(-1) ?? null;
        const shown = value === null ? "–" : props.format(value);
        return props.lines.length > 1 ? `${name} ${shown}` : shown;
      })
      .join(", ");
  const data = (): uPlot.AlignedData => [
    props.times.map((time) => time / 1000),
    ...props.lines.map(({ values }) => [...values]),
  ];
  onMount(() => {
    const plot = new uPlot(options(props.lines, holder), data(), holder);
    createEffect(() => plot.setData(data()));
    const observer = new ResizeObserver(() => {
      plot.setSize({ width: holder.clientWidth, height: HEIGHT });
    });
    observer.observe(holder);
    // The colours of a canvas do not follow the page's by themselves.
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const repaint = (): void => plot.redraw();
    scheme.addEventListener("change", repaint);
    onCleanup(() => {
      observer.disconnect();
      scheme.removeEventListener("change", repaint);
      plot.destroy();
    });
  });
  return (
    <figure class="graph">
      <figcaption>
        <span>{props.title}</span>
        <span class="graph-latest">{latest()}</span>
      </figcaption>
      <div ref={holder} class="graph-plot" aria-hidden="true" />
    </figure>
  );
}

const HEIGHT = 64;

function options(lines: readonly GraphLine[], holder: HTMLElement): uPlot.Options {
  const color = (name: string) => (): string => resolved(holder, name);
  return {
    width: Math.max(holder.clientWidth, 100),
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [4, 0, 4, 0],
    scales: { y: { range: (_plot, _least, most) => [0, Math.max(most * 1.1, 1e-3)] } },
    axes: [{ show: false }, { show: false }],
    series: [
      {},
      ...lines.map((line) => ({
        stroke: color(line.color),
        width: 2,
        spanGaps: false,
        points: { show: false },
      })),
    ],
  };
}

/** What a custom property comes to: `light-dark()` in it is settled only where it colours something. */
function resolved(element: HTMLElement, name: string): string {
  element.style.color = `var(${name})`;
  const { color } = getComputedStyle(element);
  element.style.color = "";
  return color;
}
