using System.CommandLine;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine alias STORE [NAME [VERSION] | --remove NAME]</c></summary>
internal static class AliasCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var name = new Argument<string?>("NAME")
        {
            Description = "Alias to set.", Arity = ArgumentArity.ZeroOrOne,
        };
        var version = new Argument<string?>("VERSION")
        {
            Description = "Number, alias or name of a version.", Arity = ArgumentArity.ZeroOrOne,
        };
        var remove = new Option<string?>("--remove") { Description = "Alias to remove." };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("alias", "List, set or remove second names of versions.")
        {
            store, name, version, remove, json,
        };
        command.SetAction(parsed => Program.Run(_ =>
        {
            using Engine engine = SharedOptions.Open(parsed, store);
            if (parsed.GetValue(remove) is string old) engine.RemoveAlias(old);
            if (parsed.GetValue(name) is string alias)
            {
                string target =
                    parsed.GetValue(version) ?? throw new ArgumentException($"alias {alias} needs a VERSION");
                engine.SetAlias(alias, engine.ResolveVersion(target));
            }
            IReadOnlyDictionary<string, long> aliases = engine.Aliases();
            if (parsed.GetValue(json))
            {
                JsonOutput.Print(j =>
                {
                    j.WriteStartObject("aliases");
                    foreach ((string key, long value) in aliases) j.WriteNumber(key, value);
                    j.WriteEndObject();
                });
                return;
            }
            foreach ((string key, long value) in aliases) Console.WriteLine($"{key} = version {value}");
        }));
        return command;
    }
}
