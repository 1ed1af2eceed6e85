import type { JSX } from "solid-js";

/** The picture of the start page: two cans that lean towards each other, and a string that sways. */
export function Scene(): JSX.Element {
  return (
    <svg class="scene" viewBox="0 0 640 210" aria-hidden="true">
      <path class="scene-string-shadow" d="M122 128C220 214 420 214 518 128" />
      <path class="scene-string" d="M122 122C220 206 420 206 518 122" />
      <g transform="translate(92 92) rotate(14)">
        <Can />
      </g>
      <g transform="translate(548 92) rotate(-14)">
        <Can />
      </g>
      <g class="scene-voice">
        <path d="M37 30c-9 9-9 22-2 32" />
        <path d="M23 20c-15 16-15 38-3 55" />
      </g>
      <g class="scene-voice scene-voice-late">
        <path d="M603 30c9 9 9 22 2 32" />
        <path d="M617 20c15 16 15 38 3 55" />
      </g>
    </svg>
  );
}

/** A can around the origin: 72 wide, 96 high. */
function Can(): JSX.Element {
  return (
    <>
      <path class="can-body" d="M-36-44v84c0 9 16 15 36 15s36-6 36-15v-84z" />
      <path class="can-shade" d="M10-44v98.5c15-1.5 26-7 26-14.5v-84z" />
      <path class="can-label" d="M-36-22c8 6 20 9 36 9s28-3 36-9v40c-8 6-20 9-36 9s-28-3-36-9z" />
      <path class="can-rib" d="M-36 28c8 6 20 9 36 9s28-3 36-9" />
      <ellipse class="can-rim" cx="0" cy="-44" rx="36" ry="13" />
      <ellipse class="can-inside" cx="0" cy="-44" rx="29.5" ry="9" />
      <circle class="can-dot" cx="-10" cy="8" r="3.6" />
      <circle class="can-dot" cx="12" cy="8" r="3.6" />
    </>
  );
}
