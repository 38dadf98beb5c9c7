import { useText } from './useText';

/** Says a state of the cloud, e.g. `Attached`, in the reader's language; one that is not known as the cloud says it. */
export function useCloudState(): (state: string) => string {
  const { dynamic } = useText();
  return state => dynamic(`cloudState.${state.toLowerCase()}`, {}, state);
}
