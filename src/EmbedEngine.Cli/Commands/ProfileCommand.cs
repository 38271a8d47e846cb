using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine profile STORE --user KEY</c></summary>
internal static class ProfileCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var user = new Option<string>("--user") { Description = "Key of the user.", Required = true };
        Option<string> kind = SharedOptions.UserVector();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("profile", "A user's vector and traits, with what was observed since.")
        {
            store, user, kind, json,
        };
        command.SetAction(parsed => Program.Run(_ =>
        {
            UserVectorKind asked = SharedOptions.UserVectorKind(parsed.GetRequiredValue(kind));
            using ServingModel serving = ServingModel.Open(parsed.GetRequiredValue(store));
            UserProfile profile = serving.Model.Profile(parsed.GetRequiredValue(user), asked);
            if (parsed.GetValue(json)) JsonOutput.Print(j => JsonReports.WriteFields(j, profile));
            else Print(profile);
        }));
        return command;
    }

    private static void Print(UserProfile profile)
    {
        string fallback = profile.Fallback == Fallback.None ? ""
            : $"; too little is known, this is from: {JsonReports.NameOf(profile.Fallback)}";
        Console.WriteLine($"{profile.Events} known events{fallback}");
        Console.WriteLine(profile.Vector.Length == 0 ? "no vector: the version has no item2vec space"
            : $"vector of {profile.Vector.Length} dimensions in {profile.Space}, "
                + $"kind {JsonReports.NameOf(profile.Kind)}, version {profile.Version}");
        if (profile.Traits.Length == 0)
        {
            Console.WriteLine("no traits: the version has none");
            return;
        }
        Table table = Tables.Create("trait", "share", "");
        for (int t = 0; t < profile.Traits.Length; t++)
        {
            Tables.AddRow(
                table, $"{t}", profile.Traits[t].ToString("0.000", CultureInfo.InvariantCulture),
                new string('█', (int)Math.Round(profile.Traits[t] * 40)));
        }
        Tables.Print(table);
    }

}
