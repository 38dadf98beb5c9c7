import type { Cluster, ClusterSettings } from '../../model';
import { oneOf } from './refuse';

const DEFAULTS: ClusterSettings = {
  resourceGroupId: 'rg-default',
  clusterDomain: 'cluster.local',
  timezone: 'Asia/Shanghai',
  ipStack: 'ipv4',
  extraSans: [],
  controlPlaneLog: { components: [], project: '', ttl: '' },
  auditLog: { enabled: false, project: '' },
  rrsa: false,
  maintenanceWindow: { enable: false },
  operationPolicy: { cluster_auto_upgrade: { enabled: false } },
};

/** Settings of a cluster, also of one that an earlier version stored. */
export function settingsFor(cluster: Cluster): ClusterSettings {
  return cluster.settings ?? DEFAULTS;
}

/** What a CreateCluster body sets and nothing but reads back. */
export function settingsOf(body: Record<string, any>): ClusterSettings {
  const components = body.controlplane_log_components ?? [];
  return {
    resourceGroupId: body.resource_group_id || DEFAULTS.resourceGroupId,
    clusterDomain: body.cluster_domain || DEFAULTS.clusterDomain,
    timezone: body.timezone || DEFAULTS.timezone,
    ipStack: oneOf(body, 'ip_stack', ['ipv4', 'dual'], DEFAULTS.ipStack),
    extraSans: body.extra_sans ?? splitNames(body.custom_san),
    controlPlaneLog: {
      components,
      project: body.controlplane_log_project || '',
      ttl: components.length ? String(body.controlplane_log_ttl || 30) : '',
    },
    auditLog: {
      enabled: body.audit_log_config?.enabled ?? false,
      project: body.audit_log_config?.sls_project_name || '',
    },
    rrsa: body.rrsa_config?.enabled ?? body.enable_rrsa ?? false,
    maintenanceWindow: body.maintenance_window ?? DEFAULTS.maintenanceWindow,
    operationPolicy: body.operation_policy ?? DEFAULTS.operationPolicy,
  };
}

function splitNames(text: string | undefined): string[] {
  return text ? text.split(',').map(name => name.trim()) : [];
}

/** The same for ModifyCluster, which changes what it names. */
export function changedSettings(
  cluster: Cluster,
  body: Record<string, any>,
): ClusterSettings {
  const before = settingsFor(cluster);
  return {
    ...before,
    resourceGroupId: body.resource_group_id || before.resourceGroupId,
    timezone: body.timezone || before.timezone,
    extraSans: body.api_server_custom_cert_sans?.subject_alternative_names
      ? changedNames(before.extraSans, body.api_server_custom_cert_sans)
      : before.extraSans,
    rrsa: body.enable_rrsa ?? before.rrsa,
    maintenanceWindow: body.maintenance_window ?? before.maintenanceWindow,
    operationPolicy: body.operation_policy ?? before.operationPolicy,
  };
}

/** Names that are added to the API server's certificate, or that replace those before. */
function changedNames(
  before: string[],
  change: { action?: string; subject_alternative_names: string[] },
): string[] {
  const names = change.subject_alternative_names;
  return change.action === 'append'
    ? [...new Set([...before, ...names])]
    : names;
}
