#!/usr/bin/env node
import { projectCopy } from './child/project-copy.js'

const other = projectCopy(process.cwd())
if (other !== undefined) void import(other)
else void import('./child/run-process.js').then(({ runProcess }) => runProcess())
