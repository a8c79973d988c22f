using PosTenancy.Fuzz;
using SharpFuzz;

// "seeds <folder>" writes the seed files; a target's name alone is for AFL++; with files, each is run once to reproduce a finding.
switch (args)
{
    case ["seeds", var folder]:
        Seeds.Write(folder);
        return 0;
    case [var name] when Target.Find(name) is { } target:
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using MemoryStream bytes = new();
            stream.CopyTo(bytes);
            target.Run(bytes.ToArray());
        });
        return 0;
    case [var name, .. var files] when Target.Find(name) is { } target:
        foreach (string file in files)
        {
            Console.WriteLine(file);
            target.Run(File.ReadAllBytes(file));
        }

        return 0;
    default:
        Console.Error.WriteLine("Usage: seeds <folder> | pages [file…] | script [file…] | schema [file…]");
        return 2;
}
