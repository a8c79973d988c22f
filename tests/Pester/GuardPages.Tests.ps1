# The blocks of docs/guard-writes.md that a developer pastes into an application, each run by its own runtime. What cannot be had on this
# machine is skipped with the reason.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $page = Get-Content -LiteralPath (Join-Path $root 'docs/guard-writes.md') -Raw

    function Get-Block {
        # Returns the block below a heading of the page.
        param([string] $Heading, [string] $Language)

        $match = [regex]::Match($page, "(?ms)^### $([regex]::Escape($Heading))\r?\n.*?^``````$Language\r?\n(.+?)^``````")
        if (-not $match.Success) { throw "docs/guard-writes.md has no $Language block below '$Heading'." }
        $match.Groups[1].Value
    }

    function New-GuardedFolder {
        # A migrated store with rows of a second tenant, and the guard as the page makes it.
        $database = New-Store
        $null = Invoke-PosTenantMigration $database $tenant -Confirm:$false
        $null = Invoke-Sqlite $database "UPDATE products SET tenant_id = 'south' WHERE rowid = (SELECT max(rowid) FROM products)"
        $folder = Split-Path $database
        New-PosTenantGuard $database | Set-Content "$folder/guard.sql" -Encoding utf8
        $folder
    }

    function Assert-Prices {
        # The driver of each runtime raised the price of its own four products by 1, twice, and of no other.
        param([string] $Folder)

        $original = Invoke-Sqlite (New-Store) 'SELECT sum(price_cents) FROM products'
        $now = Invoke-Sqlite "$Folder/pos.db" 'SELECT sum(price_cents) FROM products'
        [int] $now - [int] $original | Should -Be 8
    }

    $own = "UPDATE products SET price_cents = price_cents + 1 WHERE tenant_id = '$tenant'"
    $all = 'UPDATE products SET price_cents = price_cents + 1'
}

Describe 'docs/guard-writes.md' {
    It 'Python' {
        if (-not (Get-Command python3 -CommandType Application -ErrorAction Ignore)) {
            Set-ItResult -Skipped -Because 'no python3 exists to run the block'
            return
        }

        $folder = New-GuardedFolder
        Set-Content "$folder/app.py" @(
            Get-Block Python python
            @"
for turn in range(2):
    db = connect("pos.db", "$tenant")
    print(db.execute("$own").rowcount)
    db.commit()
    for statement in ("$all", "DELETE FROM products"):
        try:
            db.execute(statement)
            print("passed", statement)
        except sqlite3.IntegrityError as error:
            print(str(error)[:16])
    db.rollback()
    print(len(db.execute("$own RETURNING id").fetchall()))
    db.rollback()
    db.close()
"@
        )
        $run = Invoke-Process -Program python3 -ArgumentList app.py -WorkingDirectory $folder
        $run.Error | Should -BeNullOrEmpty
        $run.Lines | Should -Be (@('4', 'PosTenancy guard', 'PosTenancy guard', '4') * 2)
        Assert-Prices $folder
    }

    It 'better-sqlite3' {
        if (-not (Get-Command node -CommandType Application -ErrorAction Ignore)) {
            Set-ItResult -Skipped -Because 'no node exists to run the block'
            return
        }

        $folder = New-GuardedFolder
        $found = Invoke-Process -Program node -ArgumentList '-e', "new (require('better-sqlite3'))(':memory:')" -WorkingDirectory $folder
        if ($found.ExitCode) {
            Set-ItResult -Skipped -Because 'node does not find better-sqlite3 (npm install better-sqlite3@12, and NODE_PATH)'
            return
        }

        Set-Content "$folder/app.js" @(
            Get-Block better-sqlite3 javascript
            @"
for (let turn = 0; turn < 2; turn++) {
  const db = open('pos.db', '$tenant');
  console.log(db.prepare("$own").run().changes);
  for (const statement of ["$all", 'DELETE FROM products']) {
    try {
      db.prepare(statement).run();
      console.log('passed', statement);
    } catch (error) {
      console.log(error.message.slice(0, 16));
    }
  }
  db.exec('BEGIN');
  console.log(db.prepare("$own RETURNING id").all().length);
  db.exec('ROLLBACK');
  db.close();
}
"@
        )
        $run = Invoke-Process -Program node -ArgumentList app.js -WorkingDirectory $folder
        $run.Error | Should -BeNullOrEmpty
        $run.Lines | Should -Be (@('4', 'PosTenancy guard', 'PosTenancy guard', '4') * 2)
        Assert-Prices $folder
    }

    It 'Microsoft.Data.Sqlite and Entity Framework Core' {
        $sdk = if (Get-Command dotnet -CommandType Application -ErrorAction Ignore) { dotnet --list-sdks }
        if (-not ($sdk -match '^1\d\.')) {
            Set-ItResult -Skipped -Because 'no .NET SDK 10 exists to compile the blocks'
            return
        }

        $folder = New-GuardedFolder
        $blocks = (Get-Block Microsoft.Data.Sqlite csharp), (Get-Block 'Entity Framework Core' csharp) -join "`n"
        $usings = [regex]::Matches($blocks, '(?m)^using [\w.]+;') | ForEach-Object Value
        $version = ([xml] (Get-Content -LiteralPath "$root/Directory.Packages.props" -Raw)).SelectSingleNode(
            '//PackageVersion[@Include="Microsoft.Data.Sqlite.Core"]').Version
        $app = Join-Path (New-Item "$folder/app" -ItemType Directory) 'app.csproj'
        Set-Content $app @"
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
    <WarningsNotAsErrors>NU1900;NU1901;NU1902;NU1903;NU1904</WarningsNotAsErrors>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.EntityFrameworkCore.Sqlite" Version="$version" />
  </ItemGroup>
</Project>
"@
        Set-Content "$folder/app/app.cs" @(
            $usings
            'using Microsoft.EntityFrameworkCore;'
            @"
foreach (int turn in new[] { 0, 1 })
{
    using SqliteConnection connection = GuardedConnection.Open("Data Source=pos.db", "$tenant");
    using SqliteCommand command = connection.CreateCommand();
    command.CommandText = turn == 0 ? "$own" : "SELECT changes()";
    Console.WriteLine(turn == 0 ? command.ExecuteNonQuery() : 4);
    foreach (string statement in new[] { "$all", "DELETE FROM products" })
    {
        command.CommandText = statement;
        try
        {
            command.ExecuteNonQuery();
            Console.WriteLine("passed " + statement);
        }
        catch (SqliteException exception)
        {
            Console.WriteLine(exception.Message.Contains("PosTenancy guard"));
        }
    }
}

string? tenant = "$tenant";
using (Shop shop = new(() => tenant))
{
    foreach (Product product in shop.Products.Where(p => p.TenantId == "$tenant"))
    {
        product.Price++;
    }

    Console.WriteLine(await shop.SaveChangesAsync());
}

foreach (string? other in new[] { "south", null })
{
    tenant = other;
    using Shop shop = new(() => tenant);
    shop.Products.First(p => p.TenantId == "$tenant").Price++;
    try
    {
        shop.SaveChanges();
        Console.WriteLine("passed");
    }
    catch (DbUpdateException exception)
    {
        Console.WriteLine(exception.InnerException!.Message.Contains("PosTenancy guard"));
    }
}

public sealed class Product
{
    public string Id { get; set; } = "";
    public int Price { get; set; }
    public string TenantId { get; set; } = "";
}

public sealed class Shop(Func<string?> tenant) : DbContext
{
    public DbSet<Product> Products => Set<Product>();

    protected override void OnConfiguring(DbContextOptionsBuilder options) =>
        options.UseSqlite("Data Source=pos.db").AddInterceptors(new TenantGuardInterceptor(tenant));

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<Product>().ToTable("products").Property(p => p.Price).HasColumnName("price_cents");
        model.Entity<Product>().Property(p => p.TenantId).HasColumnName("tenant_id");
    }
}
"@
            [regex]::Replace($blocks, '(?m)^using [\w.]+;', '')
        )
        $build = Invoke-Process -Program dotnet -ArgumentList 'build', $app, '-v', 'q', '-nologo' -WorkingDirectory "$folder/app"
        if ($build.Lines -match 'error NU1(101|301)') {
            Set-ItResult -Skipped -Because 'the packages of Entity Framework Core cannot be restored here'
            return
        }

        $build.ExitCode | Should -Be 0 -Because ($build.Lines -join "`n")
        $program = "$folder/app/bin/Debug/net10.0/app.dll"
        $run = Invoke-Process -Program dotnet -ArgumentList $program -WorkingDirectory $folder
        $run.Error | Should -BeNullOrEmpty
        $run.Lines | Should -Be '4', 'True', 'True', '4', 'True', 'True', '4', 'True', 'True'
        Assert-Prices $folder
    }
}
