"""The JSON Schema of every kind of rule file, for editors: what may stand where, and what it means.

Draft 7, which the YAML language server speaks best, with its extensions (`markdownDescription`, `enumDescriptions`,
`errorMessage`, `patternErrorMessage`), which others overlook. A schema marks what a file can be told by itself;
``policy.check``, whose words and limits are the schemas' source, says all else.
"""
