// What the shared library leaves out of the engine's records: how they print themselves. Nothing prints a
// record there, but whoever makes one brings the code along, a quarter of a megabyte in all. The list is
// written by this test with EMBEDENGINE_WRITE_DOCS=1; a missing record costs bytes, a wrong name breaks the
// build, so both are errors here.

using System.Reflection;
using System.Text;

namespace EmbedEngine.Tests.Architecture;

public sealed class SubstitutionTests
{
    private const string Path = "src/EmbedEngine.Native/Substitutions.xml";

    [Fact]
    public void Records_OfTheEngine_AreAllListed()
    {
        var text = new StringBuilder("""
            <!-- Written by SubstitutionTests with EMBEDENGINE_WRITE_DOCS=1. Do not edit. How records print
                 themselves is left out of the shared library: nothing there prints one. -->
            <linker>
              <assembly fullname="EmbedEngine">

            """.ReplaceLineEndings("\n"));
        foreach (Type type in typeof(Engine).Assembly.GetTypes().Where(IsRecord).OrderBy(
            t => t.FullName, StringComparer.Ordinal))
        {
            text.Append($"    <type fullname=\"{type.FullName!.Replace('+', '/')}\">\n      "
                + "<method signature=\"System.Boolean PrintMembers(System.Text.StringBuilder)\" "
                + "body=\"stub\" value=\"false\" />\n    </type>\n");
        }
        text.Append("  </assembly>\n</linker>\n");
        string file = System.IO.Path.Combine(SourceRulesTests.Root, Path);
        if (Environment.GetEnvironmentVariable("EMBEDENGINE_WRITE_DOCS") == "1")
            File.WriteAllText(file, text.ToString());
        Assert.True(text.ToString() == File.ReadAllText(file).ReplaceLineEndings("\n"),
            $"{Path} does not list every record; EMBEDENGINE_WRITE_DOCS=1 dotnet test --filter "
            + $"{nameof(SubstitutionTests)} writes it");
    }

    private static bool IsRecord(Type type) => type.GetMethod(
        "PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly,
        [typeof(StringBuilder)]) is not null;
}
