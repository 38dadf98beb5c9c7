import type { CandidateCluster } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { useText } from '../../hooks/useText';
import { EmptyState } from '../common/EmptyState';
import { StatePill } from '../common/StatePill';
import styles from './JoinDialog.module.css';

export interface CandidateListProps {
  candidates: CandidateCluster[];
  selected?: string;
  onSelect: (clusterId: string) => void;
}

/** Clusters that could join. */
export function CandidateList(props: CandidateListProps) {
  const { candidates, selected, onSelect } = props;
  const { t } = useText();
  if (candidates.length === 0) {
    return (
      <EmptyState
        title={t('join.noCandidatesTitle')}
        description={t('join.noCandidates')}
      />
    );
  }
  return (
    <div
      className={styles.candidates}
      role="radiogroup"
      aria-label={t('join.candidates')}
    >
      {candidates.map(candidate => (
        <label key={candidate.id} className={styles.candidate}>
          <input
            type="radio"
            name="candidate"
            value={candidate.id}
            aria-label={candidate.name}
            checked={candidate.id === selected}
            onChange={() => onSelect(candidate.id)}
          />
          <span>
            <strong>{candidate.name}</strong> · {candidate.region}
            <span className={styles.small}>
              {' '}
              · Kubernetes {candidate.version} · {candidate.id} ·{' '}
              {candidate.vpcId}
            </span>
            {candidate.forbiddenInfo && (
              <div className={`${styles.small} ${styles.bad}`}>
                {candidate.forbiddenInfo}
              </div>
            )}
          </span>
          <StatePill state={candidate.state} />
        </label>
      ))}
    </div>
  );
}
