export { createPushDevices, devicePurpose, type PushDevices } from './create-push-devices.ts';
