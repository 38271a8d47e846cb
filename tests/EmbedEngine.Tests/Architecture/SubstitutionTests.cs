// What the shared library leaves out of the engine's records: how they print themselves, and of those that
// are classes how they are hashed (0 is a right hash of anything, and none of them is a key of many). Nothing
// there does either, but whoever makes a record brings the code along, a third of a megabyte in all. The list
// is written by this test with EMBEDENGINE_WRITE_DOCS=1; a missing record costs bytes, a wrong name breaks
// the build, so both are errors here.

using System.Reflection;
using System.Runtime.CompilerServices;
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
                 themselves, and how those that are classes are hashed, is left out of the shared library:
                 nothing there prints one, and none is a key of a set. -->
            <linker>
              <assembly fullname="EmbedEngine">

            """.ReplaceLineEndings("\n"));
        foreach (Type type in typeof(Engine).Assembly.GetTypes().Where(IsRecord).OrderBy(
            t => t.FullName, StringComparer.Ordinal))
        {
            text.Append($"    <type fullname=\"{type.FullName!.Replace('+', '/')}\">\n      "
                + "<method signature=\"System.Boolean PrintMembers(System.Text.StringBuilder)\" "
                + "body=\"stub\" value=\"false\" />\n");
            if (HashesItself(type))
            {
                text.Append(
                    "      <method signature=\"System.Int32 GetHashCode()\" body=\"stub\" value=\"0\" />\n");
            }
            text.Append("    </type>\n");
        }
        text.Append("  </assembly>\n</linker>\n");
        string file = System.IO.Path.Combine(SourceRulesTests.Root, Path);
        if (Environment.GetEnvironmentVariable("EMBEDENGINE_WRITE_DOCS") == "1")
            File.WriteAllText(file, text.ToString());
        Assert.True(text.ToString() == File.ReadAllText(file).ReplaceLineEndings("\n"),
            $"{Path} does not list every record; EMBEDENGINE_WRITE_DOCS=1 dotnet test --filter "
            + $"{nameof(SubstitutionTests)} writes it");
    }

    private static bool HashesItself(Type type) => type.IsClass && type.GetMethod(
        nameof(GetHashCode), BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly, [])
        is { } own && own.IsDefined(typeof(CompilerGeneratedAttribute), false);

    private static bool IsRecord(Type type) => type.GetMethod(
        "PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly,
        [typeof(StringBuilder)]) is not null;
}
