import common from './en/common.json'
import shell from './en/shell.json'
import auth from './en/auth.json'
import projects from './en/projects.json'
import home from './en/home.json'
import data from './en/data.json'
import importWords from './en/import.json'
import explore from './en/explore.json'
import scenarios from './en/scenarios.json'
import workflows from './en/workflows.json'
import report from './en/report.json'
import team from './en/team.json'

export default { common, shell, auth, projects, home, data, import: importWords, explore, scenarios, workflows, report, team }
