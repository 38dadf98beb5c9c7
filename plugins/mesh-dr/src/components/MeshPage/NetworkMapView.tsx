import type { NetworkMap } from '@mesh-dr/backstage-plugin-mesh-dr-common';
import { Alert, VisuallyHidden } from '@backstage/ui';
import { RiLinkUnlinkM, RiLinkM } from '@remixicon/react';
import type { CSSProperties } from 'react';
import { useCloudState } from '../../hooks/useCloudState';
import { useText } from '../../hooks/useText';
import { useWidth } from '../../hooks/useWidth';
import common from '../common/common.module.css';
import { isDark } from '../common/FreshnessPill';
import { Pill } from '../common/Pill';
import { StatePill } from '../common/StatePill';
import styles from './MeshPage.module.css';
import { NetworkNotes } from './NetworkNotes';

const NODE = { width: 168, height: 46 };
const GAP = 24;

type Cen = NetworkMap['cens'][number];
type Vpc = NetworkMap['vpcs'][number];

/** Cloud enterprise networks with their transit routers, the links between regions, and the VPCs hanging off them. */
export function NetworkMapView(props: { network: NetworkMap }) {
  const { network } = props;
  const { t } = useText();
  const regions = [
    ...new Set([
      ...network.vpcs.map(vpc => vpc.region),
      ...network.cens.flatMap(cen => cen.transitRouters.map(r => r.region)),
    ]),
  ];
  const attachments = network.cens.flatMap(cen =>
    cen.transitRouters.flatMap(router => router.vpcAttachments),
  );
  const cenKnown =
    network.cens.length > 0 ||
    (!isDark(network.cen) && network.cen.state !== 'syncing');
  const dry = network.cens
    .flatMap(cen => cen.links)
    .filter(link => !hasBandwidth(link));
  return (
    <div className={common.stack}>
      <NetworkNotes network={network} />
      {dry.map(link => (
        <Alert
          key={link.id}
          status="danger"
          icon
          title={t('network.noBandwidthTitle', {
            a: link.regions[0],
            b: link.regions[1],
          })}
          description={t('network.noBandwidth')}
        />
      ))}
      <div className={styles.netScroll}>
        <div
          className={styles.net}
          style={{ '--mdr-columns': regions.length } as CSSProperties}
        >
          {network.cens.map(cen => (
            <CenView key={cen.id} cen={cen} regions={regions} />
          ))}
          {network.cens.length === 0 && cenKnown && <p>{t('network.noCen')}</p>}
          <div className={styles.vpcs}>
            {regions.map(region => (
              <div key={region} className={styles.vpcColumn}>
                {network.vpcs
                  .filter(vpc => vpc.region === region)
                  .map(vpc => (
                    <VpcCard
                      key={vpc.id}
                      vpc={vpc}
                      attachment={attachments.find(a => a.vpcId === vpc.id)}
                      unsure={!cenKnown}
                    />
                  ))}
              </div>
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

/** A link without a set bandwidth carries only the cloud's connectivity test, whichever way it is billed. */
function hasBandwidth(link: Cen['links'][number]): boolean {
  return link.bandwidthMbps > 0;
}

function CenView(props: { cen: Cen; regions: string[] }) {
  const { cen, regions } = props;
  const { t, locale } = useText();
  const sayState = useCloudState();
  const { ref, width } = useWidth<HTMLDivElement>(900);
  const column = (width - (regions.length - 1) * GAP) / regions.length;
  const x = (region: string) =>
    regions.indexOf(region) * (column + GAP) + column / 2;
  // A link that skips a region passes above the ones between.
  const span = (link: Cen['links'][number]) =>
    Math.abs(
      regions.indexOf(link.regions[0]) - regions.indexOf(link.regions[1]),
    );
  const lift = Math.max(0, ...cen.links.map(span).map(n => n - 1)) * 46;
  const y = 16 + lift + NODE.height / 2;
  const height = y + NODE.height / 2 + 26;
  const routers = new Map(cen.transitRouters.map(r => [r.region, r]));
  const label = (link: Cen['links'][number]) => {
    return hasBandwidth(link)
      ? `${new Intl.NumberFormat(locale).format(link.bandwidthMbps)} Mbit/s`
      : t('network.noBandwidthShort');
  };
  return (
    <div ref={ref}>
      <div className={styles.cen}>
        <strong>{cen.name || cen.id}</strong>
        <span className={styles.small}>CEN {cen.id}</span>
      </div>
      <svg
        className={styles.links}
        viewBox={`0 0 ${width} ${height}`}
        height={height}
        aria-hidden
      >
        {[...routers.keys()].map(region => (
          <line
            key={region}
            className={styles.drop}
            x1={x(region)}
            x2={x(region)}
            y1={y}
            y2={height}
          />
        ))}
        {cen.links.map(link => {
          const [a, b] = link.regions.map(x);
          const rise = (span(link) - 1) * 92;
          const middle = (a + b) / 2;
          const text = label(link);
          const box = Math.max(70, text.length * 8 + 16);
          const top = y - rise / 2;
          return (
            <g key={link.id}>
              <path
                className={styles.link}
                data-bandwidth={hasBandwidth(link)}
                d={`M ${a} ${y} Q ${middle} ${y - rise} ${b} ${y}`}
              />
              <g
                className={styles.linkLabel}
                data-bandwidth={hasBandwidth(link)}
                transform={`translate(${middle} ${top})`}
              >
                <rect x={-box / 2} y={-13} width={box} height={26} rx={13} />
                <text>{text}</text>
              </g>
            </g>
          );
        })}
        {[...routers.values()].map(router => (
          <g
            key={router.id}
            className={styles.node}
            transform={`translate(${x(router.region)} ${y})`}
          >
            <rect
              x={-NODE.width / 2}
              y={-NODE.height / 2}
              width={NODE.width}
              height={NODE.height}
              rx={8}
            />
            <text className={styles.nodeTitle} y={-8}>
              {router.region}
            </text>
            <text y={11}>{t('network.router')}</text>
          </g>
        ))}
      </svg>
      <VisuallyHidden>
        <ul>
          {cen.links.map(link => (
            <li key={link.id}>
              {link.regions.join(' – ')}: {label(link)} ({sayState(link.status)}
              )
            </li>
          ))}
        </ul>
      </VisuallyHidden>
    </div>
  );
}

function VpcCard(props: {
  vpc: Vpc;
  attachment?: Cen['transitRouters'][number]['vpcAttachments'][number];
  /** Without CEN's answer nobody knows what is attached. */
  unsure: boolean;
}) {
  const { vpc, attachment, unsure } = props;
  const { t } = useText();
  return (
    <div className={styles.vpc}>
      <div className={styles.vpcHead}>
        <strong>{vpc.name || vpc.id}</strong>
        {attachment ? (
          <StatePill state={attachment.status} icon={<RiLinkM aria-hidden />} />
        ) : (
          !unsure && (
            <Pill tone="warn" icon={<RiLinkUnlinkM aria-hidden />}>
              {t('network.detached')}
            </Pill>
          )
        )}
      </div>
      <span className={styles.small}>
        {vpc.cidr
          ? `${vpc.cidr} · ${vpc.id}`
          : t('network.vpcUnread', { region: vpc.region })}
      </span>
      {attachment && !attachment.autoPublishRoutes && (
        <span className={styles.small}>{t('network.noAutoPublish')}</span>
      )}
      {vpc.vswitches.map(vswitch => (
        <span key={vswitch.id} className={styles.small}>
          {vswitch.name || vswitch.id} · {vswitch.cidr} · {vswitch.zone}
        </span>
      ))}
    </div>
  );
}
