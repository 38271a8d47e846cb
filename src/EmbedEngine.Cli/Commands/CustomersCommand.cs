using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine customers STORE --similar KEY [--by traits|vector]</c></summary>
internal static class CustomersCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var similar = new Option<string>("--similar")
        {
            Description = "Key of a user: who is like them.", Required = true,
        };
        var by = new Option<string>("--by")
        {
            Description = "What makes users alike: traits (default) or vector.",
            DefaultValueFactory = _ => "traits",
        };
        Option<string> kind = SharedOptions.UserVector();
        Option<int> k = SharedOptions.K(10);
        Option<bool> json = SharedOptions.Json();
        var command =
            new Command("customers", "Users most like a user.") { store, similar, by, kind, k, json };
        command.SetAction(parsed => Program.Run(_ =>
        {
            int length = parsed.GetValue(k);
            if (length is < 1 or > 100_000) throw new ArgumentException($"--k {length} is not 1 to 100000");
            UserLikeness likeness = parsed.GetRequiredValue(by) switch
            {
                "traits" => UserLikeness.Traits,
                "vector" => UserLikeness.Vector,
                string other => throw new ArgumentException($"--by '{other}' is not one of traits, vector"),
            };
            UserVectorKind asked = SharedOptions.UserVectorKind(parsed.GetRequiredValue(kind));
            using ServingModel serving = ServingModel.Open(parsed.GetRequiredValue(store));
            SimilarUserReport report =
                serving.Model.SimilarUsers(parsed.GetRequiredValue(similar), length, likeness, asked);
            if (parsed.GetValue(json))
            {
                JsonOutput.Print(j => JsonReports.WriteFields(j, report));
                return;
            }
            Table table = Tables.Create("rank", "user", "cosine");
            for (int i = 0; i < report.Users.Count; i++)
            {
                Tables.AddRow(
                    table, $"{i + 1}", report.Users[i].User,
                    report.Users[i].Score.ToString("0.0000", CultureInfo.InvariantCulture));
            }
            Tables.Print(table);
        }));
        return command;
    }
}
