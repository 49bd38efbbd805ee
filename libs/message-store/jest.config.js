module.exports = { preset: '../../jest.preset.js', displayName: 'message-store' };
