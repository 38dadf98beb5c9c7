import type { Json } from '../json';
import type { FieldCause } from '../status';
import {
  bad,
  duplicate,
  missing,
  portFault,
  required,
  unsupported,
} from './causes';

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** What the API server says of a name that is no DNS label. */
export const NO_LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

/** Whether a name is a DNS label: at most 63 small letters, digits and dashes. */
export const isLabel = (name: string): boolean =>
  name.length <= 63 && LABEL.test(name);

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

function nameFaults(field: string, name: Json): FieldCause[] {
  if (!name) return [required(field)];
  return isLabel(name) ? [] : [bad(field, name, NO_LABEL)];
}

function containerFaults(
  container: Json,
  at: string,
  volumes: Set<string>,
): FieldCause[] {
  const causes = nameFaults(`${at}.name`, container.name);
  if (!container.image) causes.push(required(`${at}.image`));
  causes.push(
    ...unsupported(`${at}.imagePullPolicy`, container.imagePullPolicy, [
      'Always',
      'IfNotPresent',
      'Never',
    ]),
  );
  (container.ports ?? []).forEach((port: Json, i: number) => {
    const here = `${at}.ports[${i}]`;
    causes.push(
      ...portFault(`${here}.containerPort`, port.containerPort),
      ...unsupported(`${here}.protocol`, port.protocol, PROTOCOLS),
    );
  });
  (container.env ?? []).forEach((env: Json, i: number) => {
    if (!env.name) causes.push(required(`${at}.env[${i}].name`));
  });
  (container.volumeMounts ?? []).forEach((mount: Json, i: number) => {
    const here = `${at}.volumeMounts[${i}]`;
    if (!volumes.has(mount.name)) {
      causes.push(missing(`${here}.name`, mount.name));
    }
    if (!mount.mountPath) causes.push(required(`${here}.mountPath`));
  });
  return causes;
}

/**
 * Faults of a pod's spec, in the API server's words.
 * @param policies - restart policies that the owner allows
 */
export function podSpecFaults(
  spec: Json,
  at: string,
  policies = ['Always', 'OnFailure', 'Never'],
): FieldCause[] {
  if (!spec?.containers?.length) return [required(`${at}.containers`)];
  const causes: FieldCause[] = [];
  const volumes = new Set<string>();
  (spec.volumes ?? []).forEach((volume: Json, i: number) => {
    const field = `${at}.volumes[${i}].name`;
    causes.push(...nameFaults(field, volume.name));
    if (volumes.has(volume.name)) causes.push(duplicate(field, volume.name));
    volumes.add(volume.name);
  });
  const seen = new Set<string>();
  for (const list of ['containers', 'initContainers']) {
    (spec[list] ?? []).forEach((container: Json, i: number) => {
      const here = `${at}.${list}[${i}]`;
      causes.push(...containerFaults(container, here, volumes));
      if (seen.has(container.name)) {
        causes.push(duplicate(`${here}.name`, container.name));
      }
      seen.add(container.name);
    });
  }
  causes.push(
    ...unsupported(`${at}.restartPolicy`, spec.restartPolicy, policies),
  );
  return causes;
}

/** Faults of a Service's ports and type. */
export function serviceFaults(spec: Json): FieldCause[] {
  const ports: Json[] = spec.ports ?? [];
  const causes: FieldCause[] = [];
  if (
    ports.length === 0 &&
    spec.clusterIP !== 'None' &&
    spec.type !== 'ExternalName'
  ) {
    causes.push(required('spec.ports'));
  }
  const names = new Set<string>();
  ports.forEach((port, i) => {
    const here = `spec.ports[${i}]`;
    if (!port.name) {
      if (ports.length > 1) causes.push(required(`${here}.name`));
    } else {
      causes.push(...nameFaults(`${here}.name`, port.name));
      if (names.has(port.name)) {
        causes.push(duplicate(`${here}.name`, port.name));
      }
      names.add(port.name);
    }
    causes.push(
      ...portFault(`${here}.port`, port.port),
      ...unsupported(`${here}.protocol`, port.protocol, PROTOCOLS),
    );
  });
  causes.push(
    ...unsupported('spec.type', spec.type, [
      'ClusterIP',
      'ExternalName',
      'LoadBalancer',
      'NodePort',
    ]),
  );
  if (spec.type === 'ExternalName' && !spec.externalName) {
    causes.push(required('spec.externalName'));
  }
  return causes;
}
