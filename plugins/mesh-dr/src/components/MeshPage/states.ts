import type { Tone } from '../common/Pill';

/** Tone of a state as ASM, ACK or CEN word it. */
export function stateTone(state: string): Tone {
  const word = state.toLowerCase();
  if (/fail|error|deleted|inactive/.test(word)) return 'bad';
  if (/running|active|attached|available|ready|success/.test(word)) {
    return 'good';
  }
  return 'info';
}
