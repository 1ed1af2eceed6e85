import type { JSX } from "solid-js";
import { encode } from "uqr";
import "./qr-code.css";

/** A QR code, dark on light in both themes, because many scanners see no other. */
export function QrCode(props: { readonly text: string; readonly label: string }): JSX.Element {
  const code = (): { size: number; path: string } => {
    const { data, size } = encode(props.text, { ecc: "M", border: 3 });
    return { size, path: modules(data) };
  };
  return (
    <svg
      class="qr"
      role="img"
      aria-label={props.label}
      viewBox={`0 0 ${code().size} ${code().size}`}
      shape-rendering="crispEdges"
    >
      <path class="qr-modules" d={code().path} />
    </svg>
  );
}

function modules(data: readonly (readonly boolean[])[]): string {
  return data
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
}
