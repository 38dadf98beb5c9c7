import {
  requestsForPrecision,
  type ServiceTopology,
} from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Button, NumberField, Select, Text, TextField } from '@backstage/ui';
import { RiPlayLine, RiStopLine } from '@remixicon/react';
import { useState } from 'react';
import { useText } from '../../hooks/useText';
import { useVerification } from '../../hooks/useVerification';
import common from '../common/common.module.css';
import { EmptyState } from '../common/EmptyState';
import { ErrorNotice } from '../common/ErrorNotice';
import { Section } from '../common/Section';
import { TallyPlot } from './TallyPlot';
import styles from './Verify.module.css';

/** The number of requests the guide sends. */
const GUIDE_REQUESTS = 10;
/** Percentage points either way that are offered as precision. */
const PRECISIONS = [5, 3, 2];
const MAX_REQUESTS = 2000;

/**
 * The share hardest to tell among those predicted: the one nearest to one half needs most requests. Certain shares of 0
 * and 100 % count as such.
 */
function hardestShare(topology: ServiceTopology): number {
  const shares = topology.predicted.flatMap(({ shares: s }) =>
    Object.values(s),
  );
  return shares.reduce(
    (worst, share) =>
      Math.abs(share - 50) < Math.abs(worst - 50) ? share : worst,
    100,
  );
}

/** Sends real requests through the gateway and compares who answered with what was predicted. */
export function Verify(props: { meshId: string; topology: ServiceTopology }) {
  const { meshId, topology } = props;
  const { t } = useText();
  const gateways = topology.gateways.filter(gateway => gateway.address);
  const [requests, setRequests] = useState(GUIDE_REQUESTS);
  const [gatewayRegion, setGatewayRegion] = useState<string>();
  const [path, setPath] = useState('');
  const run = useVerification();
  const share = hardestShare(topology);

  if (gateways.length === 0) {
    return (
      <Section title={t('verify.title')} subtitle={t('verify.subtitle')}>
        <EmptyState
          title={t('verify.noGatewayTitle')}
          description={t('verify.noGateway')}
        />
      </Section>
    );
  }
  return (
    <Section title={t('verify.title')} subtitle={t('verify.subtitle')}>
      <div className={common.stack}>
        <div className={styles.form}>
          <div className={styles.number}>
            <NumberField
              label={t('verify.requests')}
              minValue={1}
              maxValue={MAX_REQUESTS}
              value={requests}
              onChange={value =>
                setRequests(Number.isNaN(value) ? GUIDE_REQUESTS : value)
              }
            />
          </div>
          <div className={styles.suggest}>
            <Button
              size="small"
              variant="secondary"
              onPress={() => setRequests(GUIDE_REQUESTS)}
            >
              {t('verify.asGuide', { n: String(GUIDE_REQUESTS) })}
            </Button>
            {PRECISIONS.map(points => {
              const n = requestsForPrecision(share, points);
              return n > MAX_REQUESTS ? null : (
                <Button
                  key={points}
                  size="small"
                  variant="secondary"
                  onPress={() => setRequests(n)}
                >
                  {t('verify.precision', {
                    points: String(points),
                    n: String(n),
                  })}
                </Button>
              );
            })}
          </div>
          {gateways.length > 1 && (
            <Select
              label={t('verify.gateway')}
              options={gateways.map(gateway => ({
                value: gateway.region,
                label: `${gateway.name} · ${gateway.region}`,
              }))}
              selectedKey={gatewayRegion ?? gateways[0].region}
              onSelectionChange={key => setGatewayRegion(String(key))}
            />
          )}
          <TextField
            className={styles.path}
            label={t('verify.path')}
            size="small"
            placeholder="/api/v1/products/0/reviews"
            value={path}
            onChange={setPath}
          />
          {run.running ? (
            <Button
              variant="secondary"
              iconStart={<RiStopLine />}
              onPress={run.stop}
            >
              {t('verify.stop')}
            </Button>
          ) : (
            <Button
              variant="primary"
              iconStart={<RiPlayLine />}
              onPress={() =>
                run.start({
                  meshId,
                  namespace: topology.service.namespace,
                  name: topology.service.name,
                  requests,
                  ...(gatewayRegion && { gatewayRegion }),
                  ...(path.trim() && { path: path.trim() }),
                })
              }
            >
              {t('verify.start')}
            </Button>
          )}
        </div>
        {requests < 100 && share > 0 && share < 100 && (
          <Text as="p" variant="body-small" color="secondary">
            {t('verify.fewRequests', { n: String(requests) })}
          </Text>
        )}
        {run.running && (
          <div
            className={styles.progress}
            role="progressbar"
            aria-label={t('verify.progress')}
            aria-valuemin={0}
            aria-valuemax={run.wanted}
            aria-valuenow={run.sent}
          >
            <div
              className={styles.progressFill}
              style={{ width: `${(run.sent / run.wanted) * 100}%` }}
            />
          </div>
        )}
        {run.error && (
          <ErrorNotice title={t('verify.failed')} error={run.error} />
        )}
        {run.result && <TallyPlot result={run.result} />}
      </div>
    </Section>
  );
}
