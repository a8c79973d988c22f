<#
.SYNOPSIS
Converts the pages of this folder to the help that Get-Help reads.
.DESCRIPTION
The text is taken from the pages; types, positions and pipeline input are taken from the commands, and are therefore not duplicated.
The build runs it, and so does the package. The functions find their help in en-US, the cmdlets beside each of their assemblies.
#>
#requires -Version 7.4
[CmdletBinding()]
param(
    # The folder of PosTenancy.psd1: a built checkout, or a package.
    [string] $Path = (Join-Path $PSScriptRoot '..'),

    # The public address of the repository, for "Get-Help -Online" and HelpUri; none while there is none.
    [string] $ProjectUri
)

$ErrorActionPreference = 'Stop'
$Path = (Resolve-Path -LiteralPath $Path).ProviderPath
Import-Module (Join-Path $Path PosTenancy.psd1)

$namespaces = @{
    maml    = 'http://schemas.microsoft.com/maml/2004/10'
    command = 'http://schemas.microsoft.com/maml/dev/command/2004/10'
    dev     = 'http://schemas.microsoft.com/maml/dev/2004/10'
    msh     = 'http://msh'
}

# The text between headings of one level, keyed by heading: "## PARAMETERS" becomes PARAMETERS. In a fenced block,
# "#" starts a PowerShell comment.
function Split-Section([string] $Text, [int] $Level) {
    $sections = [ordered]@{}
    $fenced = $false
    foreach ($line in $Text -split "`n") {
        $fenced = $fenced -xor $line.StartsWith('```')
        if (-not $fenced -and $line -match "^#{$Level} (.+)$") {
            $sections[($name = $Matches[1])] = ''
        }
        elseif ($sections.Count) {
            $sections[$name] += "$line`n"
        }
    }
    $sections
}

# Markdown to paragraphs of plain text: one for each block, and one for each list item.
function ConvertTo-Paragraph([string] $Text) {
    $Text.Trim() -split "\n\s*\n|\n(?=- )" | Where-Object { $_ } | ForEach-Object {
        $_.Trim() -replace '\s*\n\s*', ' ' -replace '\[([^\]]+)\]\([^)]+\)', '$1' -replace '`', ''
    }
}

function Element([string] $Name, $Content, [System.Collections.IDictionary] $Attributes = @{}) {
    $prefix, $local = $Name.Split(':')
    $element = [System.Xml.Linq.XElement]::new([System.Xml.Linq.XName]::Get($local, $namespaces[$prefix]))
    foreach ($attribute in $Attributes.GetEnumerator()) {
        $element.SetAttributeValue($attribute.Key, $attribute.Value)
    }
    foreach ($child in $Content) {
        $element.Add($child)
    }
    $element
}

function Paragraphs([string] $Name, [string] $Text) {
    Element $Name (ConvertTo-Paragraph $Text | ForEach-Object { Element maml:para $_ })
}

function Get-TypeName($Parameter) {
    $type = [Nullable]::GetUnderlyingType($Parameter.ParameterType) ?? $Parameter.ParameterType
    $shown = $Parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.PSTypeNameAttribute] }
    $shown ? $shown.PSTypeName.Split('.')[-1] : $type.Name
}

function Parameter($Parameter, $Set, [string] $Page, [switch] $InSyntax) {
    $pipeline = @(if ($Set.ValueFromPipeline) { 'ByValue' }; if ($Set.ValueFromPipelineByPropertyName) { 'ByPropertyName' }) -join ', '
    $type = Get-TypeName $Parameter
    $text, $default = $Page -split '(?m)^Default: '
    $attributes = [ordered]@{
        required       = [bool] $Set.IsMandatory
        variableLength = $Parameter.ParameterType.IsArray
        globbing       = [bool] ($Parameter.Attributes | Where-Object { $_ -is [SupportsWildcards] })
        pipelineInput  = $pipeline ? "True ($pipeline)" : 'False'
        position       = $Set.Position -ge 0 ? $Set.Position : 'named'
        aliases        = $Parameter.Aliases.Count ? $Parameter.Aliases -join ', ' : 'none'
    }
    Element command:parameter -Attributes $attributes @(
        Element maml:name $Parameter.Name
        if (-not $InSyntax) { Paragraphs maml:description $text }
        if (-not $Parameter.SwitchParameter) {
            Element command:parameterValue $type ([ordered]@{ required = $true; variableLength = $attributes.variableLength })
        }
        if (-not $InSyntax) {
            Element dev:type (Element maml:name $type)
            Element dev:defaultValue ($default ? $default.Trim() : 'none')
        }
    )
}

function Syntax($Info, $Set, [string[]] $PageOrder) {
    $sorted = $Set.Parameters | Where-Object Name -in $PageOrder |
        Sort-Object { $_.Position -lt 0 }, Position, { -not $_.IsMandatory }, { [array]::IndexOf($PageOrder, $_.Name) }
    Element command:syntaxItem @(
        Element maml:name $Info.Name
        foreach ($parameter in $sorted) { Parameter $Info.Parameters[$parameter.Name] $parameter -InSyntax }
    )
}

function Types([string] $Name, [string] $ItemName, [string] $Text) {
    Element $Name @(
        foreach ($type in (Split-Section $Text 3).GetEnumerator()) {
            Element $ItemName @((Element dev:type (Element maml:name $type.Key)), (Paragraphs maml:description $type.Value))
        }
    )
}

function Example([string] $Title, [string] $Text) {
    $null, $code, $remarks = $Text -split '(?m)^```(?:powershell)?$', 3
    $explanation = Paragraphs dev:remarks $remarks
    $explanation.Add((Element maml:para ''))  # Get-Help prints no blank line between two examples.
    Element command:example @((Element maml:title $Title), (Element dev:code $code.Trim()), $explanation)
}

# Not as related links: with those Get-Help suggests "-Online", and the pages may not be on the web.
function Get-SeeAlso([string] $Text) {
    $links = [regex]::Matches($Text, '\[([^\]]+)\]\(([^)]+)\)') | ForEach-Object {
        $_.Groups[1].Value -match '^\w+-\w+$' ? $_.Groups[1].Value : "$($_.Groups[1].Value) (docs/$($_.Groups[2].Value))"
    }
    "See also: $($links -join ', ')."
}

function Command([System.IO.FileInfo] $File) {
    $info = Get-Command $File.BaseName -Module PosTenancy
    $page = Split-Section ((Get-Content $File -Raw) -replace "`r") 2
    $texts = Split-Section $page.PARAMETERS 3
    $names = $texts.Keys.TrimStart('-')
    $sets = $info.ParameterSets | Sort-Object { -not $_.IsDefault }, Name

    Element command:command @(
        Element command:details @(
            Element command:name $info.Name
            Element command:verb $info.Verb
            Element command:noun $info.Noun
            Paragraphs maml:description $page.SYNOPSIS
        )
        Paragraphs maml:description "$($page.DESCRIPTION)`n`n$(Get-SeeAlso $page.RELATED)"
        Element command:syntax @($sets | ForEach-Object { Syntax $info $_ $names })
        Element command:parameters @(
            foreach ($name in $names) {
                # The first set that contains it: the default set, or the only one.
                Parameter $info.Parameters[$name] ($sets.Parameters | Where-Object Name -eq $name | Select-Object -First 1) $texts["-$name"]
            }
        )
        Types command:inputTypes command:inputType $page.INPUTS
        Types command:returnValues command:returnValue $page.OUTPUTS
        Element maml:alertSet (Paragraphs maml:alert "$($page.NOTES)`n`nErrors:`n`n$($page.ERRORS)")
        Element command:examples @((Split-Section $page.EXAMPLES 3).GetEnumerator() | ForEach-Object { Example $_.Key $_.Value })
        if ($ProjectUri) {
            # "Get-Help -Online" and the HelpUri of a command take the first link.
            Element command:relatedLinks (Element maml:navigationLink @(
                Element maml:linkText 'This page on the web'
                Element maml:uri "$ProjectUri/blob/main/docs/$($File.Name)"
            ))
        }
    )
}

$commands = (Get-Command -Module PosTenancy).Name
$help = Element msh:helpItems -Attributes @{ schema = 'maml' } @(
    Get-ChildItem $PSScriptRoot -Filter *-*.md | Where-Object BaseName -in $commands | Sort-Object Name | ForEach-Object { Command $_ }
)
foreach ($prefix in 'command', 'dev', 'maml') {
    $help.SetAttributeValue([System.Xml.Linq.XNamespace]::Xmlns + $prefix, $namespaces[$prefix])
}

# Write only after every page was converted: an error leaves the previous help unchanged.
$xml = "<?xml version=`"1.0`" encoding=`"utf-8`"?>`n$($help.ToString().Replace("`r", ''))`n"
$assemblies = Get-ChildItem (Join-Path $Path module/bin) -Directory | ForEach-Object { Join-Path $_ en-US/PosTenancy.Cmdlets.dll-Help.xml }
foreach ($file in @($assemblies) + (Join-Path $Path module/en-US/PosTenancy-Help.xml)) {
    $null = New-Item (Split-Path $file) -ItemType Directory -Force
    [System.IO.File]::WriteAllText($file, $xml)
}
