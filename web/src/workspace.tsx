// What all pages share: which dataset one looks at, its models, and word of changes.
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  type ReactNode,
} from 'react';

import { get, withQuery } from './api/client.ts';
import type { Dataset, Datasets, Model, Models } from './api/schema.ts';
import { useConnection, useLoaded } from './api/use.ts';
import { replace, useRoute, type Route } from './route.ts';

interface Workspace {
  datasets: Dataset[] | undefined; // undefined: not known yet
  dataset: Dataset | undefined; // the one that is looked at
  models: Model[] | undefined; // its own, newest first
  active: Model | undefined;
  error: Error | undefined;
  route: Route;
  /** Part of every key: goes up when anything may have changed on the server. */
  epoch: number;
  /** Something has changed, by this page: all tabs look again. */
  changed: () => void;
  choose: (dataset: string) => void;
}

const Context = createContext<Workspace | null>(null);
const kLastDataset = 'pythia.dataset';

export function useWorkspace(): Workspace {
  const workspace = useContext(Context);
  if (!workspace) throw new Error('there is no workspace around this component');
  return workspace;
}

function chosen(datasets: Dataset[] | undefined, wanted: string | null): Dataset | undefined {
  const last = localStorage.getItem(kLastDataset);
  const named = (name: string | null): Dataset | undefined =>
    datasets?.find((dataset) => dataset.name === name);
  return named(wanted) ?? named(last) ?? datasets?.[0];
}

function useEpoch(): [number, () => void] {
  const [epoch, setEpoch] = useState(0);
  const connection = useConnection();
  const tabs = useMemo(
    () => (typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('pythia')),
    [],
  );
  const bump = useCallback(() => setEpoch((n) => n + 1), []);
  useEffect(() => {
    if (!tabs) return;
    tabs.onmessage = bump;
    return () => tabs.close();
  }, [tabs, bump]);
  useEffect(() => {
    if (connection === 'ok') bump();
  }, [connection, bump]);
  const changed = useCallback(() => {
    bump();
    tabs?.postMessage('changed');
  }, [bump, tabs]);
  return [epoch, changed];
}

export function WorkspaceProvider(props: { children: ReactNode }): ReactNode {
  const route = useRoute();
  const [epoch, changed] = useEpoch();
  const list = useLoaded<{ epoch: number; items: Dataset[] }>(
    epoch === 0 ? null : `${epoch}`,
    async (signal) => ({ epoch, items: (await get<Datasets>('/api/datasets', signal)).items }),
  );
  const datasets = list.data?.items;
  // Pages look again only once it is known what there still is.
  const settled = list.data?.epoch ?? 0;
  const dataset = chosen(datasets, route.params.get('dataset'));
  const name = dataset?.name;
  const models = useLoaded<{ of: string; items: Model[] }>(
    name ? `${settled} ${name}` : null,
    async (signal) => ({
      of: name!,
      items: (await get<Models>(withQuery('/api/models', { dataset: name }), signal)).items,
    }),
  );
  const known = models.data && models.data.of === name ? models.data.items : undefined;
  const choose = useCallback(
    (next: string) => {
      localStorage.setItem(kLastDataset, next);
      // What was planned with another history does not fit this one.
      replace(route.page, new URLSearchParams({ dataset: next }));
    },
    [route.page],
  );
  const workspace: Workspace = {
    datasets,
    dataset,
    models: known,
    active: known?.find((model) => model.active),
    error: list.error ?? models.error,
    route,
    epoch: settled,
    changed,
    choose,
  };
  return <Context value={workspace}>{props.children}</Context>;
}
