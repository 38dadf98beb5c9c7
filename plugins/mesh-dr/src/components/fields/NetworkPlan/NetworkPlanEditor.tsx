import { useApi } from '@backstage/frontend-plugin-api';
import {
  checkNetworkPlan,
  fillFreeRanges,
  REGIONS,
  type CloudVpc,
  type NetworkPlan,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Box, Button } from '@backstage/ui';
import { RiAddLine, RiMagicLine } from '@remixicon/react';
import { useEffect, useId, useMemo, useState } from 'react';
import { meshDrApiRef } from '../../../api/meshDrApiRef';
import { useText } from '../../../hooks/useText';
import { ClusterRows } from './ClusterRows';
import { addRegion } from './edits';
import { Findings } from './Findings';
import styles from './NetworkPlan.module.css';
import { marksOf, PlanDrawing } from './PlanDrawing';
import { PlanMarksContext } from './PlanInput';
import { VpcRows } from './VpcRows';

/** VPCs that exist in the regions of a plan; what cannot be read is left out, and ids can be typed all the same. */
function useExistingVpcs(
  regions: string,
  account: string | undefined,
): Map<string, CloudVpc[]> {
  const api = useApi(meshDrApiRef);
  const [found, setFound] = useState(new Map<string, CloudVpc[]>());
  useEffect(() => {
    const controller = new AbortController();
    for (const region of regions.split(' ').filter(Boolean)) {
      api
        .listVpcs({ region, account }, { signal: controller.signal })
        .then(vpcs => setFound(before => new Map([...before, [region, vpcs]])))
        .catch(() => {});
    }
    return () => controller.abort();
  }, [api, regions, account]);
  return found;
}

/** A network plan to look at and to edit: picture, table, what is wrong with it, and free ranges at the press of a button. */
export function NetworkPlanEditor(props: {
  plan: NetworkPlan;
  onChange: (plan: NetworkPlan) => void;
  account?: string;
}) {
  const { plan, onChange, account } = props;
  const { t, language } = useText();
  const prefix = useId();
  const [region, setRegion] = useState('');
  const [full, setFull] = useState(false);
  const findings = useMemo(() => checkNetworkPlan(plan), [plan]);
  const marks = useMemo(() => {
    const byPath = marksOf(findings);
    return {
      markOf: (path: string) => byPath.get(path),
      idOf: (path: string) => `${prefix}${path}`,
    };
  }, [findings, prefix]);
  const known = REGIONS.map(({ id }) => id);
  const regions = [...new Set(plan.vpcs.map(vpc => vpc.region))]
    .filter(id => known.includes(id))
    .sort()
    .join(' ');
  const existing = useExistingVpcs(regions, account);
  const attempt = (edit: () => NetworkPlan) => {
    try {
      onChange(edit());
      setFull(false);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      setFull(true);
    }
  };
  const others = REGIONS.filter(({ id }) => !regions.split(' ').includes(id));
  return (
    <PlanMarksContext.Provider value={marks}>
      <Box bg="neutral" className={styles.editor}>
        <PlanDrawing plan={plan} findings={findings} />
        <VpcRows plan={plan} onChange={onChange} existing={existing} />
        <ClusterRows plan={plan} onChange={onChange} />
        <div className={styles.toolbar}>
          <Button
            variant="secondary"
            iconStart={<RiMagicLine />}
            onPress={() => attempt(() => fillFreeRanges(plan).plan)}
          >
            {t('plan.suggest')}
          </Button>
          <label>
            <span className={styles.rangeLabel}>{t('plan.moreRegions')}</span>
            <select
              className={styles.input}
              value={region}
              onChange={event => setRegion(event.target.value)}
            >
              <option value="">{t('plan.chooseRegion')}</option>
              {others.map(({ id, en, zh }) => (
                <option key={id} value={id}>
                  {id} · {language.startsWith('zh') ? zh : en}
                </option>
              ))}
            </select>
          </label>
          <Button
            variant="secondary"
            iconStart={<RiAddLine />}
            isDisabled={!region}
            onPress={() => {
              attempt(() => addRegion(plan, region));
              setRegion('');
            }}
          >
            {t('plan.addRegion')}
          </Button>
        </div>
        {full && <p className={styles.finding}>{t('plan.full')}</p>}
        <Findings findings={findings} />
      </Box>
    </PlanMarksContext.Provider>
  );
}
