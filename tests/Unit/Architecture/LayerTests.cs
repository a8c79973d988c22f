using Mono.Cecil;
using Mono.Cecil.Cil;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Architecture;

/// <summary>The layers of the engine: a folder is a namespace is a layer, and uses only those above it in the list.</summary>
public sealed class LayerTests
{
    private const string Root = "PosTenancy.Engine";

    /// <summary>As in ARCHITECTURE.md, lowest first.</summary>
    private static readonly string[] Layers =
    [
        "Text",
        "Results",
        "Progress",
        "Files",
        "Pages",
        "Sqlite",
        "Schema",
        "Planning",
        "Scripts",
        "History",
        "Guards",
        "Backup",
        "Journal",
        "Verification",
        "Recovery",
        "Migration",
        "Tenants",
        "Isolation",
        "Queries",
        "Statements",
        "Reporting",
        "Fleet",
    ];

    [Fact]
    public void No_layer_uses_one_above_it()
    {
        using AssemblyDefinition engine = AssemblyDefinition.ReadAssembly(typeof(PosTenancyException).Assembly.Location);
        TypeDefinition[] types = [.. engine.MainModule.GetTypes()];
        string[] upward =
        [
            .. types
                .SelectMany(type => References(type).Select(used => (User: type, Used: used)))
                .Where(edge => Layer(edge.User) < Layer(edge.Used))
                .Select(edge => $"{Outermost(edge.User).FullName} -> {Outermost(edge.Used).FullName}")
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        upward.ShouldBeEmpty();
        types.Count(t => Layer(t) >= 0).ShouldBeGreaterThan(100);
    }

    /// <summary>A constant leaves no reference in an assembly, so the sources are checked as well.</summary>
    [Fact]
    public void No_file_imports_a_layer_above_its_own()
    {
        foreach ((string folder, string file) in Sources())
        {
            string import = $"using {Root}.";
            foreach (string line in File.ReadLines(file).Where(l => l.StartsWith(import, StringComparison.Ordinal)))
            {
                string used = line[import.Length..].TrimEnd(';').Split('.')[0];
                Array.IndexOf(Layers, used).ShouldBeInRange(0, Array.IndexOf(Layers, folder), $"{file}: {line}");
            }
        }
    }

    [Fact]
    public void Folder_is_a_namespace_is_a_layer()
    {
        foreach ((string folder, string file) in Sources())
        {
            Layers.ShouldContain(folder, file);
            string expected = folder == "Results" ? "PosTenancy" : $"{Root}.{folder}";
            string inside = Path.GetFileName(Path.GetDirectoryName(file)!);
            File.ReadLines(file).ShouldContain($"namespace {(inside == folder ? expected : $"{expected}.{inside}")};", file);
        }
    }

    [Fact]
    public void Architecture_document_has_the_same_layers_in_the_same_order() =>
        File.ReadLines(Path.Combine(Repository.Root, "ARCHITECTURE.md"))
            .Select(line => line.Split(' ')[0])
            .Where(Layers.Contains)
            .ShouldBe(Layers);

    [Fact]
    public void Engine_does_without_PowerShell()
    {
        using AssemblyDefinition engine = AssemblyDefinition.ReadAssembly(typeof(PosTenancyException).Assembly.Location);
        engine
            .MainModule.AssemblyReferences.Select(r => r.Name)
            .ShouldAllBe(n => !n.Contains("Automation", StringComparison.Ordinal) && !n.Contains("PosTenancy", StringComparison.Ordinal));
    }

    private static IEnumerable<(string Folder, string File)> Sources()
    {
        string root = Path.Combine(Repository.Root, "src", Root);
        foreach (string folder in Directory.GetDirectories(root).Select(Path.GetFileName).OfType<string>().Except(["bin", "obj"]))
        {
            foreach (string file in Directory.GetFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
            {
                yield return (folder, file);
            }
        }
    }

    /// <summary>The layer of a type; -1 for compiler-generated types and those of other assemblies.</summary>
    private static int Layer(TypeReference type)
    {
        string space = Outermost(type).Namespace;
        return space == "PosTenancy" ? Array.IndexOf(Layers, "Results")
            : space.StartsWith(Root + ".", StringComparison.Ordinal) ? Array.IndexOf(Layers, space.Split('.')[2])
            : -1;
    }

    private static TypeReference Outermost(TypeReference type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type;
    }

    /// <summary>Every type that a type references: in its declaration, its members, and the code of its methods.</summary>
    private static IEnumerable<TypeReference> References(TypeDefinition type)
    {
        IEnumerable<TypeReference?> declared =
        [
            type.BaseType,
            .. type.Interfaces.Select(i => i.InterfaceType),
            .. type.CustomAttributes.Select(a => a.AttributeType),
            .. type.Fields.Select(f => f.FieldType),
            .. type.Methods.SelectMany(Signature),
        ];
        IEnumerable<TypeReference?> run = type.Methods.Where(m => m.HasBody).SelectMany(m => Body(m.Body));
        return declared.Concat(run).SelectMany(Parts);
    }

    private static IEnumerable<TypeReference?> Signature(MethodReference method) =>
        [method.ReturnType, .. method.Parameters.Select(p => p.ParameterType), method.DeclaringType];

    private static IEnumerable<TypeReference?> Body(MethodBody body) =>
    [
        .. body.Variables.Select(v => v.VariableType),
        .. body.ExceptionHandlers.Select(h => h.CatchType),
        .. body.Instructions.SelectMany(i => Operand(i)),
    ];

    private static IEnumerable<TypeReference?> Operand(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        GenericInstanceMethod method => [.. Signature(method), .. method.GenericArguments],
        MethodReference method => Signature(method),
        _ => [],
    };

    /// <summary>The type and its component types.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null => [],
        GenericInstanceType generic => [generic.ElementType, .. generic.GenericArguments.SelectMany(Parts)],
        TypeSpecification specification => Parts(specification.ElementType),
        _ => [type],
    };
}
