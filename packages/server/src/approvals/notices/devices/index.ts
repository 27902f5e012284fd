export { addDevice, addDeviceInput } from './add-device.ts';
export { createPushDevices, type PushDevices } from './create-push-devices.ts';
export { type Device, listDevices } from './list-devices.ts';
export { removeDevice } from './remove-device.ts';
