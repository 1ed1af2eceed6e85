import type { JSX } from "solid-js";

/** The mark: two cans and the string between them, which makes a face. */
export function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <g class="mark-can">
        <rect x="4" y="4.5" width="9.5" height="12.5" rx="2.2" />
        <rect x="18.5" y="4.5" width="9.5" height="12.5" rx="2.2" />
      </g>
      <path class="mark-rib" d="M4 8.8h9.5M4 12.7h9.5M18.5 8.8H28M18.5 12.7H28" />
      <path class="mark-string" d="M8.75 17c0 13 14.5 13 14.5 0" />
    </svg>
  );
}

/** Mark and name. */
export function Logo(): JSX.Element {
  return (
    <span class="logo">
      <Mark />
      <span class="logo-name">Tincan</span>
    </span>
  );
}
