import { createContext, useContext, type ChangeEvent } from 'react';
import styles from './NetworkPlan.module.css';

/** Marks of the plan's fields, and their ids, so that a finding can lead to its field. */
export interface PlanMarks {
  markOf(path: string): 'error' | 'warning' | undefined;
  idOf(path: string): string;
}

export const PlanMarksContext = createContext<PlanMarks>({
  markOf: () => undefined,
  idOf: path => path,
});

/** One cell of the plan's table. */
export function PlanInput(props: {
  /** Address of the field in the plan. */
  path: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  mono?: boolean;
  disabled?: boolean;
  placeholder?: string;
  /** Values to choose from; others may be typed. */
  suggestions?: string[];
}) {
  const { path, label, value, onChange, mono, disabled, placeholder } = props;
  const { suggestions } = props;
  const { markOf, idOf } = useContext(PlanMarksContext);
  const mark = markOf(path);
  const id = idOf(path);
  return (
    <>
      <input
        id={id}
        className={`${styles.input} ${mono ? styles.mono : ''}`}
        aria-label={label}
        aria-invalid={mark === 'error' || undefined}
        data-mark={mark}
        value={value}
        disabled={disabled}
        placeholder={placeholder}
        list={suggestions && `${id}-list`}
        autoComplete="off"
        spellCheck={false}
        onChange={(event: ChangeEvent<HTMLInputElement>) =>
          onChange(event.target.value.trim())
        }
      />
      {suggestions && (
        <datalist id={`${id}-list`}>
          {suggestions.map(item => (
            <option key={item} value={item} />
          ))}
        </datalist>
      )}
    </>
  );
}

/** A cell with a closed list of values. */
export function PlanSelect(props: {
  path: string;
  label: string;
  value: string;
  options: string[];
  onChange: (value: string) => void;
}) {
  const { path, label, value, options, onChange } = props;
  const { markOf, idOf } = useContext(PlanMarksContext);
  const mark = markOf(path);
  return (
    <select
      id={idOf(path)}
      className={styles.input}
      aria-label={label}
      aria-invalid={mark === 'error' || undefined}
      data-mark={mark}
      value={value}
      onChange={event => onChange(event.target.value)}
    >
      {!options.includes(value) && <option value={value}>{value}</option>}
      {options.map(option => (
        <option key={option} value={option}>
          {option}
        </option>
      ))}
    </select>
  );
}
