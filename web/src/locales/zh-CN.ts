import common from './zh-CN/common.json'
import shell from './zh-CN/shell.json'
import auth from './zh-CN/auth.json'
import projects from './zh-CN/projects.json'
import home from './zh-CN/home.json'
import data from './zh-CN/data.json'
import importWords from './zh-CN/import.json'
import explore from './zh-CN/explore.json'
import scenarios from './zh-CN/scenarios.json'
import workflows from './zh-CN/workflows.json'
import report from './zh-CN/report.json'
import team from './zh-CN/team.json'

export default { common, shell, auth, projects, home, data, import: importWords, explore, scenarios, workflows, report, team }
