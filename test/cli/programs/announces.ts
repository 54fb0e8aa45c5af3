throw new Error('Transform failed with 1 error:\n  main.ts:3:29: ERROR: Expected ","')
