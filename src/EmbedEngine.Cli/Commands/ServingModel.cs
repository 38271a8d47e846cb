namespace EmbedEngine.Cli.Commands;

/// <summary>The version a command answers from.</summary>
internal static class ServingModel
{
    /// <summary>The model that answers; where it is not the active one, a line on standard error says why.</summary>
    public static Model Of(Engine engine)
    {
        Model model = engine.RequireModel();
        if (engine.Problem is EmbedEngineException problem)
        {
            Console.Error.WriteLine(
                $"embedengine: warning: {problem.Message}; version {model.Version.Number} answers instead");
        }
        return model;
    }
}
