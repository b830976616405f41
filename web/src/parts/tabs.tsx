import { useId, useState, type ReactNode } from 'react';

interface Tab {
  key: string;
  title: string;
  body: ReactNode;
}

/** As the ARIA authoring practices say: arrows move, the panel is the next stop. */
export function Tabs(props: { label: string; tabs: Tab[] }): ReactNode {
  const id = useId();
  const [chosen, setChosen] = useState(props.tabs[0]?.key);
  const at = Math.max(0, props.tabs.findIndex((tab) => tab.key === chosen));
  const tab = props.tabs[at];
  if (!tab) return null;
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = props.tabs[(at + step + props.tabs.length) % props.tabs.length]!;
    setChosen(next.key);
    document.getElementById(`${id}-${next.key}`)?.focus();
  };
  return (
    <div className="tabs">
      <div role="tablist" aria-label={props.label} onKeyDown={onKeyDown}>
        {props.tabs.map((one) => (
          <button
            key={one.key}
            id={`${id}-${one.key}`}
            type="button"
            role="tab"
            aria-selected={one.key === tab.key}
            aria-controls={`${id}-panel`}
            tabIndex={one.key === tab.key ? 0 : -1}
            onClick={() => setChosen(one.key)}
          >
            {one.title}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${tab.key}`}>
        {tab.body}
      </div>
    </div>
  );
}
