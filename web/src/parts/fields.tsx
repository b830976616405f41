// Controls of forms: each with its label, and its problem beside it.
import { useId, useState, type ReactNode } from 'react';

import { shortened } from '../format.ts';

interface FieldProps {
  label: string;
  problem?: string | undefined;
  hint?: string;
}

function Problem(props: { id: string; text: string | undefined }): ReactNode {
  return props.text ? (
    <p className="field-problem wrap" id={props.id} role="alert">
      {props.text}
    </p>
  ) : null;
}

interface ChoiceProps extends FieldProps {
  options: string[];
  value: string;
  onChange: (value: string) => void;
  /** What no choice means. */
  none: string;
}

const kMostChips = 8;
const kMostListed = 60;

/** Few options as buttons, many as a list that is searched. Empty: no choice. */
export function Choice(props: ChoiceProps): ReactNode {
  const long = props.options.some((option) => option.length > 40);
  return props.options.length <= kMostChips && !long ? <Chips {...props} /> : <Search {...props} />;
}

function Chips(props: ChoiceProps): ReactNode {
  const name = useId();
  const problem = useId();
  return (
    <fieldset className="field chips" aria-describedby={props.problem ? problem : undefined}>
      <legend>{props.label}</legend>
      <div>
        {['', ...props.options].map((option) => (
          <label key={option} className={option === '' ? 'chip any' : 'chip'}>
            <input
              type="radio"
              name={name}
              value={option}
              checked={props.value === option}
              onChange={() => props.onChange(option)}
            />
            <span>{option === '' ? props.none : option}</span>
          </label>
        ))}
      </div>
      <Problem id={problem} text={props.problem} />
    </fieldset>
  );
}

/** The options that hold the text, those that begin with it first. */
export function matching(options: string[], text: string, most: number): string[] {
  const wanted = text.toLocaleLowerCase();
  const begins: string[] = [];
  const holds: string[] = [];
  for (const option of options) {
    const at = option.toLocaleLowerCase().indexOf(wanted);
    if (at === 0) begins.push(option);
    else if (at > 0 && holds.length < most) holds.push(option);
    if (begins.length >= most) break;
  }
  return [...begins, ...holds].slice(0, most);
}

function Search(props: ChoiceProps): ReactNode {
  const id = useId();
  const [text, setText] = useState<string | null>(null); // null: not being typed in
  const [at, setAt] = useState(-1);
  const open = text !== null;
  const found = open ? matching(props.options, text, kMostListed) : [];
  const choose = (value: string): void => {
    props.onChange(value);
    setText(null);
    setAt(-1);
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'Escape') {
      setText(null);
      setAt(-1);
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) return setText('');
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setAt(Math.max(0, Math.min(found.length - 1, at + step)));
    } else if (event.key === 'Enter' && open) {
      event.preventDefault();
      const chosen = found[at] ?? found.find((option) => option === text) ?? found[0];
      if (text === '' && at < 0) choose('');
      else if (chosen !== undefined) choose(chosen);
    }
  };
  return (
    <div className="field search">
      <label htmlFor={id}>{props.label}</label>
      <div className="search-box">
        <input
          id={id}
          type="text"
          role="combobox"
          autoComplete="off"
          aria-expanded={open}
          aria-controls={`${id}-list`}
          aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
          aria-invalid={props.problem ? true : undefined}
          aria-describedby={props.problem ? `${id}-problem` : undefined}
          placeholder={props.none}
          value={text ?? props.value}
          title={props.value}
          dir="auto"
          onFocus={(event) => event.target.select()}
          onClick={() => !open && setText('')}
          onChange={(event) => {
            setText(event.target.value);
            setAt(-1);
            if (event.target.value === '') props.onChange('');
          }}
          onBlur={() => {
            setText(null);
            setAt(-1);
          }}
          onKeyDown={onKeyDown}
        />
        <ul id={`${id}-list`} role="listbox" aria-label={props.label} hidden={!open}>
          {found.map((option, i) => (
            <li
              key={option}
              id={`${id}-${i}`}
              role="option"
              aria-selected={i === at}
              dir="auto"
              title={option}
              onPointerDown={(event) => {
                event.preventDefault();
                choose(option);
              }}
            >
              {shortened(option, 80)}
            </li>
          ))}
          {open && found.length === 0 && (
            <li role="option" aria-selected={false} aria-disabled="true" className="muted">
              nothing in the history is called that
            </li>
          )}
        </ul>
      </div>
      <p className="muted small-print">
        {props.options.length.toLocaleString()} in the history: type to search
      </p>
      <Problem id={`${id}-problem`} text={props.problem} />
    </div>
  );
}

interface NumberProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  min: number;
  max: number;
  log?: boolean;
  unit: string;
  none: string;
}

const kSteps = 200;

/** A slider's place for a value and back; equal factors are equal ways where `log`. */
export function sliderPlace(value: number, min: number, max: number, log: boolean): number {
  if (max <= min) return 0;
  const share =
    log && min > 0
      ? Math.log(Math.max(value, min) / min) / Math.log(max / min)
      : (value - min) / (max - min);
  return Math.round(Math.max(0, Math.min(1, share)) * kSteps);
}

export function sliderValue(place: number, min: number, max: number, log: boolean): number {
  const share = place / kSteps;
  const value = log && min > 0 ? min * (max / min) ** share : min + (max - min) * share;
  const size = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.max(min, Math.min(max, Math.round(value / size) * size));
}

export function NumberField(props: NumberProps): ReactNode {
  const id = useId();
  const number = Number(props.value);
  const log = props.log ?? false;
  const known = props.value !== '' && Number.isFinite(number);
  const place = sliderPlace(known ? number : Math.sqrt(props.min * props.max), props.min, props.max, log);
  return (
    <div className="field number-field">
      <label htmlFor={id}>
        {props.label} <span className="muted">{props.unit}</span>
      </label>
      <div className="pair">
        <input
          type="range"
          aria-label={`${props.label}, slider`}
          aria-valuetext={known ? `${props.value} ${props.unit}` : props.none}
          className={known ? '' : 'unset'}
          min={0}
          max={kSteps}
          value={place}
          onChange={(event) =>
            props.onChange(String(sliderValue(Number(event.target.value), props.min, props.max, log)))
          }
        />
        <input
          id={id}
          type="text"
          inputMode="decimal"
          placeholder={props.none}
          value={props.value}
          aria-invalid={props.problem ? true : undefined}
          aria-describedby={props.problem ? `${id}-problem` : undefined}
          onChange={(event) => props.onChange(event.target.value)}
        />
      </div>
      {props.hint && <p className="muted small-print">{props.hint}</p>}
      <Problem id={`${id}-problem`} text={props.problem} />
    </div>
  );
}

interface TextProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  type?: string;
  placeholder?: string;
  list?: string[];
}

export function TextField(props: TextProps): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        type={props.type ?? 'text'}
        value={props.value}
        placeholder={props.placeholder}
        autoComplete="off"
        list={props.list ? `${id}-list` : undefined}
        aria-invalid={props.problem ? true : undefined}
        aria-describedby={props.problem ? `${id}-problem` : undefined}
        onChange={(event) => props.onChange(event.target.value)}
      />
      {props.list && (
        <datalist id={`${id}-list`}>
          {props.list.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
      {props.hint && <p className="muted small-print">{props.hint}</p>}
      <Problem id={`${id}-problem`} text={props.problem} />
    </div>
  );
}

interface SelectProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  options: Array<[string, string]>;
  hideLabel?: boolean;
}

export function SelectField(props: SelectProps): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id} className={props.hideLabel ? 'unseen' : ''}>
        {props.label}
      </label>
      <select id={id} value={props.value} onChange={(event) => props.onChange(event.target.value)}>
        {props.options.map(([value, text]) => (
          <option key={value} value={value}>
            {shortened(text, 60)}
          </option>
        ))}
      </select>
      {props.hint && <p className="muted small-print">{props.hint}</p>}
      <Problem id={`${id}-problem`} text={props.problem} />
    </div>
  );
}
