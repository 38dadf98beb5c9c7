import { controls } from './controls';
import { findings } from './findings';
import { mesh } from './mesh';
import { service } from './service';

/** 简体中文. */
export default { ...service, ...controls, ...mesh, ...findings };
