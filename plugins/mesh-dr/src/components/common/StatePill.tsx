import type { ReactElement } from 'react';
import { useCloudState } from '../../hooks/useCloudState';
import { Pill, type Tone } from './Pill';

/** Tone of a state as ASM, ACK or CEN word it. */
function stateTone(state: string): Tone {
  const word = state.toLowerCase();
  if (/fail|error|deleted|inactive/.test(word)) return 'bad';
  if (/running|active|attached|available|ready|success/.test(word)) {
    return 'good';
  }
  return 'info';
}

/** A state of ASM, ACK or CEN in the reader's language; the cloud's own word is its title, to be searched for in a console. */
export function StatePill(props: { state: string; icon?: ReactElement }) {
  const { state, icon } = props;
  const say = useCloudState();
  return (
    <Pill tone={stateTone(state)} icon={icon} title={state}>
      {say(state)}
    </Pill>
  );
}
