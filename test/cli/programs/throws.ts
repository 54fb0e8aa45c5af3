throw new TypeError('no configuration')
