// A file on its way in: looked at (dry run), corrected, imported.
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';

import { ApiProblem, isJob, upload, waitFor } from '../api/client.ts';
import type { CleaningReport } from '../api/schema.ts';
import { Bars } from '../charts/bars.tsx';
import { bytesText, countText, dayText, numberText, percentText, shortened } from '../format.ts';
import { Choice, SelectField, TextField } from '../parts/fields.tsx';
import { ProblemNote, Progress, Warnings } from '../parts/notes.tsx';
import { Table } from '../parts/table.tsx';
import { go } from '../route.ts';
import { columnWords, reasonWords } from '../words.ts';
import { useWorkspace } from '../workspace.tsx';
import { headOf } from './file_head.ts';

/** Columns that a header can be taken for. */
const kCanonical = [
  'Campaign_ID', 'Campaign_Name', 'Company', 'Campaign_Type', 'Target_Audience', 'Duration',
  'Channel_Used', 'Conversion_Rate', 'Acquisition_Cost', 'ROI', 'Location', 'Language', 'Clicks',
  'Impressions', 'Engagement_Score', 'Customer_Segment', 'Date', 'Conversions', 'Revenue',
];
const kFillable = ['Channel_Used', 'Company', 'Campaign_Type', 'Location', 'Language'];

export interface ImportOptions {
  dataset: string;
  mode: 'create' | 'append' | 'replace';
  map: Record<string, string>; // header -> column
  set: Record<string, string>; // column -> value
  date_order: string;
  decimal: string;
  grain: string;
  strict: boolean;
  keep_personal: boolean;
}

export function datasetName(file: string): string {
  const name = file.replace(/(\.[A-Za-z]+)+$/, '').replace(/[^A-Za-z0-9_.-]+/g, '_');
  return name.replace(/^_+|_+$/g, '').slice(0, 64) || 'campaigns';
}

export function queryOf(options: ImportOptions, dryRun: boolean): URLSearchParams {
  const query = new URLSearchParams({ dataset: options.dataset, mode: options.mode });
  if (dryRun) query.set('dry_run', 'true');
  for (const [header, column] of Object.entries(options.map)) {
    if (column) query.append('map', `${header}=${column}`);
  }
  for (const [column, value] of Object.entries(options.set)) {
    if (value.trim()) query.append('set', `${column}=${value.trim()}`);
  }
  for (const name of ['date_order', 'decimal', 'grain'] as const) {
    if (options[name]) query.set(name, options[name]);
  }
  if (options.strict) query.set('strict', 'true');
  if (options.keep_personal) query.set('keep_personal', 'true');
  return query;
}

/** The headers that an answer names where it cannot go on without being told. */
export function headersIn(hint: string | undefined): string[] {
  const found = /^(?:Found|Its headers are): (.*?)\.?$/m.exec(hint ?? '');
  return found ? found[1]!.split(', ') : [];
}

/** The command line's words for options, as this page's. */
export function pageHint(hint: string | undefined): string | undefined {
  return hint
    ?.replace(/^If the file has them.*$/m, 'If the file has them under other names, say so below.')
    .replace(/--date-order dmy\|mdy|--date-order dmy or --date-order mdy/g, 'the order of dates below')
    .replace(/--decimal \. or --decimal ,|--decimal ,\|\./g, 'the decimal mark below')
    .replace(/--grain row/g, 'daily rows below');
}

function withPageHint(problem: ApiProblem): ApiProblem {
  const hint = pageHint(problem.hint);
  return hint ? new ApiProblem({ ...problem.problem, hint }) : problem;
}

function CheckBox(props: {
  label: string;
  checked: boolean;
  onChange: (on: boolean) => void;
}): ReactNode {
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      {props.label}
    </label>
  );
}

type Change = (part: Partial<ImportOptions>) => void;

function Target(props: {
  options: ImportOptions;
  change: Change;
  problem: string | undefined;
}): ReactNode {
  const { datasets } = useWorkspace();
  const { options, change } = props;
  const there = datasets?.find((one) => one.name === options.dataset);
  return (
    <div className="row fields">
      <TextField
        label="Into dataset"
        value={options.dataset}
        problem={props.problem}
        onChange={(dataset) => change({ dataset })}
        list={datasets?.map((one) => one.name) ?? []}
      />
      {there && (
        <Choice
          label={`It holds ${countText(there.rows)} campaigns`}
          none="Only if it is new"
          options={['append', 'replace']}
          value={options.mode === 'create' ? '' : options.mode}
          onChange={(mode) => change({ mode: (mode || 'create') as ImportOptions['mode'] })}
        />
      )}
    </div>
  );
}

function Notation(props: { options: ImportOptions; change: Change; open: boolean }): ReactNode {
  const { options, change } = props;
  return (
    <details className="notation" open={props.open}>
      <summary>How the file is read</summary>
      <div className="row fields">
        <SelectField
          label="Order of dates"
          value={options.date_order}
          onChange={(date_order) => change({ date_order })}
          options={[['', 'as found'], ['dmy', 'day, month, year'], ['mdy', 'month, day, year']]}
        />
        <SelectField
          label="Decimal mark"
          value={options.decimal}
          onChange={(decimal) => change({ decimal })}
          options={[['', 'as found'], ['.', 'point: 1,234.5'], [',', 'comma: 1.234,5']]}
        />
        <SelectField
          label="Daily rows"
          value={options.grain}
          onChange={(grain) => change({ grain })}
          options={[['', 'as found'], ['campaign', 'roll up to campaigns'], ['row', 'keep rows']]}
        />
        {kFillable.slice(0, 1).map((column) => (
          <TextField
            key={column}
            label={`${columnWords(column)} of all rows`}
            placeholder="as in the file"
            value={options.set[column] ?? ''}
            onChange={(value) => change({ set: { ...options.set, [column]: value } })}
          />
        ))}
      </div>
      <CheckBox
        label="Also reject rows with more clicks than impressions"
        checked={options.strict}
        onChange={(strict) => change({ strict })}
      />
      <CheckBox
        label="Keep columns that look like e-mail addresses or phone numbers"
        checked={options.keep_personal}
        onChange={(keep_personal) => change({ keep_personal })}
      />
    </details>
  );
}

const kHow: Record<string, string> = {
  name: 'by its name',
  alias: 'a known name',
  map: 'as you said',
  set: 'as you said',
};

function Columns(props: {
  headers: Array<{ header: string; column: string; how: string }>;
  missing: string[];
  derived: string[];
  leftOut: string[];
  options: ImportOptions;
  change: Change;
}): ReactNode {
  const { options, change } = props;
  const choices: Array<[string, string]> = kCanonical.map((one) => [one, columnWords(one)]);
  return (
    <section>
      <h3>What each column was taken for</h3>
      <Table
        caption="What each column was taken for"
        columns={['In the file', 'Taken for', 'Why']}
        numbers={[]}
        rows={props.headers.map((one) => [
          <span className="wrap" dir="auto" title={one.header}>
            {shortened(one.header, 60)}
          </span>,
          <SelectField
            label={`${shortened(one.header, 60)} is`}
            hideLabel
            value={options.map[one.header] ?? ''}
            onChange={(column) => change({ map: { ...options.map, [one.header]: column } })}
            options={[
              ['', one.column ? `${columnWords(one.column)} (as found)` : 'kept under its own name'],
              ...choices,
            ]}
          />,
          <span className="muted">{kHow[one.how] ?? 'not known'}</span>,
        ])}
      />
      <p className="muted">
        {props.derived.length > 0 && <>Computed: {props.derived.map(columnWords).join(', ')}. </>}
        {props.missing.length > 0 && (
          <>Not in the file: {props.missing.map(columnWords).join(', ')}. </>
        )}
        {props.leftOut.length > 0 && (
          <>Left out, since it looks personal: {props.leftOut.join(', ')}.</>
        )}
      </p>
    </section>
  );
}

function Counts(props: { report: CleaningReport }): ReactNode {
  const { report } = props;
  return (
    <dl className="figures">
      <div>
        <dt>Rows read</dt>
        <dd>{countText(report.rows_read)}</dd>
      </div>
      <div>
        <dt>Kept</dt>
        <dd>{countText(report.rows_kept)}</dd>
      </div>
      <div className={report.rows_rejected > 0 ? 'attention' : ''}>
        <dt>Rejected</dt>
        <dd>
          {countText(report.rows_rejected)}{' '}
          <small>{percentText(report.rows_read ? report.rows_rejected / report.rows_read : 0)}</small>
        </dd>
      </div>
      {report.rolled_up && (
        <div>
          <dt>Rolled up</dt>
          <dd>
            {countText(report.rolled_up.campaigns)} <small>campaigns out of daily rows</small>
          </dd>
        </div>
      )}
      <div>
        <dt>Currency</dt>
        <dd>{report.currency ?? 'unknown'}</dd>
      </div>
    </dl>
  );
}

function Rejected(props: { report: CleaningReport }): ReactNode {
  const { report } = props;
  const reasons = Object.entries(report.rejected).sort((a, b) => b[1] - a[1]);
  const flagged = Object.entries(report.flagged);
  return (
    <section>
      {reasons.length > 0 && (
        <>
          <Bars
            title="Rejected rows by reason"
            file="rejected_rows"
            columns={['Reason', 'Rows']}
            bars={reasons.map(([reason, rows]) => ({
              label: reasonWords(reason),
              value: rows,
              text: countText(rows),
            }))}
          />
          <details>
            <summary>
              The {report.rejected_rows.length < report.rows_rejected ? 'first ' : ''}
              {report.rejected_rows.length} rejected rows
            </summary>
            <Table
              caption="Rejected rows"
              columns={['Line', 'Column', 'Reason', 'Value']}
              numbers={[0]}
              rows={report.rejected_rows.map((row) => [
                countText(row.line),
                row.column ? columnWords(row.column) : 'the row',
                reasonWords(row.reason),
                <code className="wrap" dir="auto">
                  {shortened(row.value, 160)}
                </code>,
              ])}
            />
          </details>
        </>
      )}
      {flagged.length > 0 && (
        <p className="muted">
          Kept, with a remark:{' '}
          {flagged.map(([reason, rows]) => `${countText(rows)} × ${reasonWords(reason)}`).join('; ')}
          .
        </p>
      )}
    </section>
  );
}

function Distributions(props: { report: CleaningReport }): ReactNode {
  const words = (one: CleaningReport['distributions'][number]): string => {
    if (one.largest) {
      const most = one.largest.map((level) => shortened(level.level, 24)).join(', ');
      return `${countText(one.distinct)} values: ${most}`;
    }
    if (one.min === undefined || one.min === null) return '';
    if (one.type === 'date') return `${dayText(String(one.min))} to ${dayText(String(one.max))}`;
    return `${numberText(Number(one.min))} to ${numberText(Number(one.max))}, mean ${numberText(one.mean)}`;
  };
  return (
    <details>
      <summary>What the columns hold</summary>
      <Table
        caption="What the columns hold"
        columns={['Column', 'Known before launch', 'Values', 'Missing']}
        numbers={[3]}
        rows={props.report.distributions.map((one) => [
          columnWords(one.name),
          one.role === 'plan' ? 'yes' : 'no',
          <span className="wrap" dir="auto">
            {words(one)}
          </span>,
          countText(one.missing),
        ])}
      />
    </details>
  );
}

function Preview(props: { report: CleaningReport }): ReactNode {
  const { preview } = props.report;
  if (!preview || preview.rows.length === 0) return null;
  return (
    <section>
      <h3>The first campaigns, cleaned</h3>
      <Table
        caption="The first campaigns, cleaned"
        columns={preview.header.map(columnWords)}
        numbers={[]}
        oneLine
        rows={preview.rows.slice(0, 8).map((row) =>
          row.map((cell) => (
            <span dir="auto" title={cell.length > 28 ? cell : undefined}>
              {shortened(/^-?\d+\.\d{5,}$/.test(cell) ? numberText(Number(cell), 4) : cell, 28)}
            </span>
          )),
        )}
      />
    </section>
  );
}

interface Under {
  what: string;
  share?: number;
}

export function Import(props: { file: File; onClose: () => void }): ReactNode {
  const { file } = props;
  const { datasets, changed, choose } = useWorkspace();
  const [options, setOptions] = useState<ImportOptions>(() => ({
    dataset: datasets?.length ? datasetName(file.name) : 'campaigns',
    mode: 'create',
    map: {},
    set: {},
    date_order: '',
    decimal: '',
    grain: '',
    strict: false,
    keep_personal: false,
  }));
  const [looked, setLooked] = useState<CleaningReport>();
  const [lookedFor, setLookedFor] = useState<string>(); // the choices that the answer is about
  const [done, setDone] = useState<CleaningReport>();
  const [error, setError] = useState<Error>();
  const [refused, setRefused] = useState<Error>(); // of the import itself
  const [under, setUnder] = useState<Under | null>(null);
  const [seen, setSeen] = useState(file.size); // bytes that the answer is about
  const importing = useRef<AbortController>(null);
  const change: Change = (part) => {
    setRefused(undefined);
    setOptions((before) => ({ ...before, ...part }));
  };

  // What the file is taken for does not depend on where it goes.
  const look = useMemo(() => {
    const query = queryOf({ ...options, dataset: 'preview', mode: 'replace' }, true);
    return query.toString();
  }, [options]);
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      setUnder({ what: `Looking at ${shortened(file.name, 40)}` });
      const send = async (): Promise<[CleaningReport, number]> => {
        const head = await headOf(file);
        const report = await upload(
          head,
          new URLSearchParams(look),
          (share) => setUnder({ what: 'Reading the file', share }),
          stop.signal,
        );
        return [report as CleaningReport, head.size];
      };
      send()
        .then(([report, bytes]) => {
          setLooked(report);
          setSeen(bytes);
          setLookedFor(look);
          setError(undefined);
          setUnder(null);
        })
        .catch((problem: Error) => {
          if (stop.signal.aborted) return;
          setError(problem);
          setUnder(null);
        });
    }, 150);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [file, look]);
  useEffect(() => () => importing.current?.abort(), []);

  const start = async (): Promise<void> => {
    const control = new AbortController();
    importing.current = control;
    setRefused(undefined);
    try {
      setUnder({ what: 'Sending the file', share: 0 });
      let answer = await upload(
        file,
        queryOf(options, false),
        (share) => setUnder(share < 1 ? { what: 'Sending the file', share } : { what: 'Cleaning' }),
        control.signal,
      );
      if (isJob(answer)) {
        const job = await waitFor(
          answer,
          (now) =>
            setUnder({
              what: `Cleaning in the background${now.stage ? `: ${now.stage}` : ''}`,
              ...(now.total > 0 ? { share: now.done / now.total } : {}),
            }),
          control.signal,
        );
        answer = job.result as CleaningReport;
      }
      setDone(answer);
      choose(options.dataset);
      changed();
    } catch (problem) {
      if (!control.signal.aborted) setRefused(problem as Error);
    }
    setUnder(null);
  };

  const problem = error instanceof ApiProblem ? error : undefined;
  const headers = looked
    ? [
        ...looked.columns.recognised
          .filter((one) => one.header !== '' && one.how !== 'set')
          .map((one) => ({ ...one })),
        ...looked.columns.unknown.map((header) => ({ header, column: '', how: '' })),
      ]
    : headersIn(problem?.hint).map((header) => ({ header, column: '', how: '' }));
  if (done) return <Done report={done} file={file.name} onClose={props.onClose} />;
  return (
    <section className="card import" aria-label={`Import ${file.name}`}>
      <div className="row spread">
        <h2 className="wrap" dir="auto">
          {shortened(file.name, 80)} <small className="muted">{bytesText(file.size)}</small>
        </h2>
        <button type="button" onClick={props.onClose}>
          Another file
        </button>
      </div>
      {under && <Progress what={under.what} share={under.share} />}
      <ProblemNote error={problem ? withPageHint(problem) : error} />
      {looked && !error && (
        <>
          <Counts report={looked} />
          {seen < file.size && (
            <p>
              Looked at the first {bytesText(seen)}: these figures are of its rows. The import reads
              the whole file.
            </p>
          )}
          <p className="muted">{looked.format}</p>
          <Warnings title="Decided on the way" warnings={looked.notes} />
        </>
      )}
      <Notation options={options} change={change} open={error !== undefined} />
      {headers.length > 0 && (
        <Columns
          headers={headers}
          missing={looked?.columns.missing ?? []}
          derived={
            looked?.columns.recognised.filter((one) => one.how === 'derived').map((one) => one.column) ??
            []
          }
          leftOut={looked?.columns.left_out ?? []}
          options={options}
          change={change}
        />
      )}
      {looked && !error && (
        <>
          <Preview report={looked} />
          <Rejected report={looked} />
          <Distributions report={looked} />
        </>
      )}
      {looked && (
        <div className="import-end">
          <Target
            options={options}
            change={change}
            problem={refused instanceof ApiProblem ? refused.ofField('dataset') : undefined}
          />
          <ProblemNote error={refused instanceof ApiProblem ? withPageHint(refused) : refused} />
          <button
            type="button"
            className="main"
            disabled={under !== null || error !== undefined || lookedFor !== look}
            onClick={() => void start()}
          >
            {seen < file.size
              ? 'Import the whole file'
              : `Import ${countText(looked.rolled_up?.campaigns ?? looked.rows_kept)} campaigns`}
          </button>
        </div>
      )}
    </section>
  );
}

function Done(props: { report: CleaningReport; file: string; onClose: () => void }): ReactNode {
  const { report } = props;
  return (
    <section className="card" role="status">
      <h2>
        {report.unchanged
          ? 'That file was there already; nothing has changed'
          : `${countText(report.rolled_up?.campaigns ?? report.rows_kept)} campaigns are in ${report.dataset}`}
      </h2>
      {report.rejects_file && (
        <p className="muted wrap">
          {countText(report.rows_rejected)} rejected rows with their reasons lie on the server in{' '}
          {report.rejects_file}.
        </p>
      )}
      <div className="row">
        <button
          type="button"
          className="main"
          onClick={() => go('model', new URLSearchParams({ dataset: report.dataset }))}
        >
          Now learn from them
        </button>
        <button type="button" onClick={props.onClose}>
          Another file
        </button>
      </div>
    </section>
  );
}
