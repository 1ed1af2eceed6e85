/** The time twice: on the monotonic clock of deadlines, and of day, which alone outlives a restart. */
export interface Moment {
  readonly now: number;
  readonly unixMs: number;
}
