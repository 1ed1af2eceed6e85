/** An integer from 0 to `max`, as `[EnforceRange]` has it for unsigned types (Web IDL §3.2.4.9). */
export function enforceRange(value: number, max: number, name: string): number {
  // Unlike Number(), the plus refuses a BigInt.
  const whole = Math.trunc(+value);
  if (!(whole >= 0 && whole <= max)) throw new TypeError(`${name} is from 0 to ${max}.`);
  // No negative zero.
  return whole + 0;
}
